"""Cuts what stands in order into blocks of a bounded size."""

from __future__ import annotations

import numpy as np


def blocks_of(sizes: np.ndarray, most: int) -> list[tuple[int, int]]:
    """The first place, and the place after the last, of each block: as many as are `most` together, and at least one."""
    ends, blocks, first = np.cumsum(sizes, dtype=np.int64), list[tuple[int, int]](), 0
    while first < len(ends):
        before = int(ends[first - 1]) if first else 0
        end = max(int(np.searchsorted(ends, before + most, side="right")), first + 1)
        blocks.append((first, end))
        first = end
    return blocks

"""Cuts what stands in order into blocks of a bounded size."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import polars as pl

ROWS_AT_ONCE = 1_000_000
_SLOTS = 4096  # of an id's values, whose rows are counted


def blocks_of(sizes: np.ndarray, most: int) -> list[tuple[int, int]]:
    """The first place, and the place after the last, of each block: as many as are `most` together, and at least one."""
    ends, blocks, first = np.cumsum(sizes, dtype=np.int64), list[tuple[int, int]](), 0
    while first < len(ends):
        before = int(ends[first - 1]) if first else 0
        end = max(int(np.searchsorted(ends, before + most, side="right")), first + 1)
        blocks.append((first, end))
        first = end
    return blocks


def intervals_of(rows: pl.LazyFrame, name: str, most: int) -> list[tuple[int, int]]:
    """The least and the greatest id of intervals, in order, which hold every row: with about `most` rows each, however many ids there are.

    Ids are hashes, so few share a slot; the rows of one slot are never divided. None of them is null. `rows`, which may be a scan, is
    read twice.
    """
    least, greatest = rows.select(pl.col(name).min().alias("least"), pl.col(name).max().alias("most")).collect(engine="streaming").row(0)
    if least is None:
        return []
    width = (greatest - least) // _SLOTS + 1
    counted = rows.group_by(slot=pl.col(name) // width).agg(pl.len()).sort("slot").collect(engine="streaming")
    slots, blocks = counted["slot"].to_list(), blocks_of(counted["len"].to_numpy(), most)
    return [(max(width * slots[first], least), min(width * (slots[end - 1] + 1) - 1, greatest)) for first, end in blocks]


def by_intervals(
    rows: pl.LazyFrame, name: str, of_some: Callable[[pl.LazyFrame], pl.LazyFrame], most: int = ROWS_AT_ONCE
) -> pl.LazyFrame:  # fmt: skip
    """What a function makes of the rows of each interval of an id (`intervals_of`), after one another.

    Computed eagerly where there are several, so that memory does not grow with the rows. `rows` is read once for each, and twice before.
    """
    intervals = intervals_of(rows, name, most)
    if len(intervals) < 2:
        return of_some(rows)
    return pl.concat([of_some(rows.filter(pl.col(name).is_between(*each))).collect(engine="streaming") for each in intervals]).lazy()

"""Remembers what kernels made of their latest arguments: the assets of a unit group the same rows by the same ids."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import xxhash

from wrapped_assets.acceleration.compiled import run

MOST_BYTES = 24 << 20  # of results; the oldest go first
Results = dict[tuple[Callable[..., Any], bytes], Any]
_latest: Results = {}


def run_once(kernel: Callable[..., Any], *arrays: np.ndarray) -> Any:
    """What `run(kernel, *arrays)` returns. It is taken from memory where the kernel lately ran with equal arrays; nobody may change it.

    To hash an array takes a hundredth of the time that ordering it takes.
    """
    asked = kernel, b"".join(_digest(array) for array in arrays)
    found = _latest.pop(asked, None)
    if found is None:
        found = run(kernel, *arrays)
    _latest[asked] = found
    while sum(map(_bytes, list(_latest.values()))) > MOST_BYTES:
        _latest.pop(next(iter(_latest)), None)
    return found


def _digest(array: np.ndarray) -> bytes:
    return xxhash.xxh3_128_digest(str((array.dtype, array.shape)).encode()) + xxhash.xxh3_128_digest(np.ascontiguousarray(array).data)


def _bytes(result: Any) -> int:
    return sum(array.nbytes for array in (result if isinstance(result, tuple) else (result,)))

"""Compiles kernels with numba when they are first needed."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from functools import cache
from typing import Any

from wrapped_assets.acceleration import kept

# Loading a kernel takes a tenth of a second, and numba half of one: more than the reference takes for fewer rows.
ENOUGH_ROWS = 40_000

Kernel = Callable[..., Any]
_compiled: dict[Kernel, Kernel] = {}


def can_run(rows: int) -> bool:
    """Whether kernels can run as machine code here, and that is worth it for so many rows."""
    return rows >= ENOUGH_ROWS and is_available()


def run(kernel: Kernel, *arrays: Any) -> Any:
    """What `kernel(*arrays)` returns, computed by machine code. Arguments are numbers and NumPy arrays, whose types stay the same."""
    if kernel not in _compiled:
        _compiled[kernel] = _compile(kernel, arrays)
    return _compiled[kernel](*arrays)


@cache
def is_available() -> bool:
    """Whether numba is installed and compiled kernels can be kept. Says so once where they cannot."""
    if os.environ.get("WRAPPED_ACCELERATION", "") == "off":
        return False
    try:
        import numba  # noqa: F401 (half a second)
    except ImportError:
        return False
    if not kept.can_keep():
        _say(f"kernels are not compiled, because {kept.folder()} cannot be written; Polars computes the same, more slowly")
        return False
    return True


def _compile(kernel: Kernel, arrays: tuple[Any, ...]) -> Kernel:
    """Machine code for a kernel: what is kept of it, if that is whole, or compiled now and kept."""
    import numba

    types = tuple(numba.typeof(array) for array in arrays)
    place = kept.place_of(kernel, types)
    if not kept.is_whole(place):
        _say(f"compiling {kernel.__name__} for this processor, once …")
        with kept.new(place) as fresh:
            return _loaded(kernel, types, fresh)
    return _loaded(kernel, types, place)


def _loaded(kernel: Kernel, types: tuple[Any, ...], folder: str) -> Kernel:
    import numba

    before, numba.config.CACHE_DIR = numba.config.CACHE_DIR, folder
    try:
        dispatcher = numba.njit(cache=True, nogil=True)(kernel)
        dispatcher.compile(types)
    finally:
        numba.config.CACHE_DIR = before
    return dispatcher


def _say(text: str) -> None:
    print(f"wrapped: {text}", file=sys.stderr, flush=True)

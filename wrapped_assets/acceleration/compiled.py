"""Compiles kernels with numba when they are first needed."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from wrapped_assets.acceleration import kept

ENOUGH_ROWS = 3_000  # of one frame: of fewer, calling a kernel costs as much as it saves
# Loading numba and the kernels takes some 0.2 s, as long as the references take longer than the kernels for so many rows. So what
# is lost by waiting, or by loading for nothing, is never more than that.
ENOUGH_IN_ALL = 3_000_000

Kernel = Callable[..., Any]
_compiled: dict[tuple[Kernel, tuple[Any, ...]], Kernel] = {}
_seen = {"rows": 0}


def can_run(rows: int) -> bool:
    """Whether kernels can run as machine code here, and that is worth it: for so many rows, after so many in this process."""
    if rows < max(ENOUGH_ROWS, 1):
        return False
    _seen["rows"] += rows
    return _seen["rows"] >= ENOUGH_IN_ALL and is_available()


def run(kernel: Kernel, *arrays: Any) -> Any:
    """What `kernel(*arrays)` returns, computed by machine code. Arguments are numbers, and NumPy arrays that the kernel does not change."""
    arguments = [_as_read(argument) for argument in arrays]
    kinds = tuple((argument.dtype, argument.ndim) if isinstance(argument, np.ndarray) else type(argument) for argument in arguments)
    if (kernel, kinds) not in _compiled:
        _compiled[kernel, kinds] = _compile(kernel, arguments)
    return _compiled[kernel, kinds](*arguments)


def _as_read(argument: Any) -> Any:
    """An array that is contiguous and cannot be changed: to numba, an array that can is of another type, which is compiled again."""
    if not isinstance(argument, np.ndarray):
        return argument
    found = np.ascontiguousarray(argument).view()
    found.flags.writeable = False
    return found


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


def _compile(kernel: Kernel, arrays: Sequence[Any]) -> Kernel:
    """Machine code for a kernel: what is kept of it, if that is whole, or compiled now and kept; for this process alone on a full disk."""
    import numba

    types = tuple(numba.typeof(array) for array in arrays)
    try:
        place = kept.place_of(kernel, types)
        if kept.is_whole(place):
            return _loaded(kernel, types, place)
        with kept.turn():
            if kept.is_whole(place):  # another process has just compiled it
                return _loaded(kernel, types, place)
            _say(f"compiling {kernel.__name__} for this processor, once …")
            with kept.new(place) as fresh:
                return _loaded(kernel, types, fresh)
    except OSError:
        return _loaded(kernel, types, None)


def _loaded(kernel: Kernel, types: tuple[Any, ...], folder: Path | None) -> Kernel:
    import numba

    _leave_scipy_out()
    before, numba.config.CACHE_DIR = numba.config.CACHE_DIR, str(folder or "")
    try:
        dispatcher = numba.njit(cache=folder is not None, nogil=True)(kernel)
        if folder is not None:
            _load_without_typing(dispatcher)
        dispatcher.compile(types)
        dispatcher.disable_compile()  # for other types there is another folder
    finally:
        numba.config.CACHE_DIR = before
    return dispatcher


@cache
def _leave_scipy_out() -> None:
    """Lets numba's array functions load without SciPy, which they look for only to multiply matrices: no kernel does.

    It would take as long as all else that the first kernel needs.
    """
    from numba.np import linalg

    def has_none() -> None:
        raise ImportError

    if "numba.np.arraymath" not in sys.modules and hasattr(linalg, "ensure_blas"):  # as in numba 0.57 to 0.68
        found, linalg.ensure_blas = linalg.ensure_blas, has_none
        try:
            import numba.np.arraymath  # noqa: F401 (asks once, when it is loaded)
        finally:
            linalg.ensure_blas = found


def _load_without_typing(dispatcher: Any) -> None:
    """Lets a dispatcher take kept code without what numba first registers to infer types: half of the time to load.

    Where nothing is kept, numba's compiler registers it.
    """
    from numba.core.runtime import rtsys

    cache = getattr(dispatcher, "_cache", None)
    if hasattr(cache, "_load_overload"):  # as in numba 0.57 to 0.68

        def load(signature: Any, target: Any) -> Any:
            rtsys.initialize(target)
            return cache._load_overload(signature, target)

        cache.load_overload = load


def _say(text: str) -> None:
    sys.stderr.write(f"wrapped: {text}\n")
    sys.stderr.flush()

"""Keeps compiled kernels: one folder for a kernel, its argument types and this processor, with the hash of each file in it.

Machine code that was damaged could give wrong numbers, so a folder whose files have other hashes is compiled again. A folder gets its
name when it is complete; two processes that compile at once keep one of the two results.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

_HASHES = "hashes.json"


def folder() -> str:
    """Where compiled kernels are kept."""
    cache = os.environ.get("XDG_CACHE_HOME") or os.path.join(os.path.expanduser("~"), ".cache")
    return os.path.join(cache, "wrapped-assets", "kernels")


def can_keep() -> bool:
    """Whether the folder is this user's, closed to others, and can be written. Code is loaded from it."""
    try:
        os.makedirs(folder(), mode=0o700, exist_ok=True)
        found = os.stat(folder())
        with tempfile.TemporaryFile(dir=folder()):
            return os.name == "nt" or (found.st_uid == os.getuid() and not found.st_mode & 0o022)
    except OSError:
        return False


def place_of(kernel: Callable[..., Any], types: tuple[Any, ...]) -> str:
    """The folder of a kernel as it is loaded, for arguments of these types, this processor, and these versions of Python and numba."""
    import llvmlite.binding as llvm
    import numba

    code = kernel.__code__
    named = [repr(kernel.__globals__.get(name)) for name in code.co_names if isinstance(kernel.__globals__.get(name), (int, float))]
    processor = (llvm.get_host_cpu_name(), llvm.get_host_cpu_features().flatten())
    loaded = (code.co_code, code.co_consts, code.co_names, code.co_varnames, named)
    text = repr((loaded, types, processor, sys.version, numba.__version__))
    return os.path.join(folder(), f"{kernel.__name__}-{hashlib.sha256(text.encode()).hexdigest()[:32]}")


def is_whole(place: str) -> bool:
    """Whether each file of a folder has the hash that was noted of it."""
    try:
        with open(os.path.join(place, _HASHES), encoding="utf-8") as file:
            return json.load(file) == _hashes(place)
    except (OSError, ValueError):
        return False


@contextmanager
def new(place: str) -> Iterator[str]:
    """A folder to compile into, which takes the name `place` at the end."""
    fresh = tempfile.mkdtemp(dir=folder())
    try:
        yield fresh
        with open(os.path.join(fresh, _HASHES), "w", encoding="utf-8") as file:
            json.dump(_hashes(fresh), file)
        if not is_whole(place):
            shutil.rmtree(place, ignore_errors=True)
            with suppress(OSError):  # another process was faster
                os.rename(fresh, place)
    finally:
        shutil.rmtree(fresh, ignore_errors=True)


def _hashes(place: str) -> dict[str, str]:
    found = {}
    for parent, _, names in os.walk(place):
        for name in names:
            path = os.path.join(parent, name)
            if name != _HASHES or parent != place:
                with open(path, "rb") as file:
                    found[os.path.relpath(path, place)] = hashlib.sha256(file.read()).hexdigest()
    return dict(sorted(found.items()))

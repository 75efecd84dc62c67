"""Keeps compiled kernels: one folder for a kernel, its argument types and this processor, with the hash of each file in it.

Machine code that was damaged could give wrong numbers, so a folder whose files have other hashes is compiled again. A folder gets its
name when it is complete. Processes that need a kernel at once take turns, so that one compiles it; one that waited for too long
compiles it too, and one of the results is kept.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

_HASHES = "hashes.json"
LONGEST_WAIT = 60.0  # seconds; a kernel compiles in a few


def folder() -> Path:
    """Where compiled kernels are kept."""
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "wrapped-assets" / "kernels"


def can_keep() -> bool:
    """Whether the folder is this user's, closed to others, and can be written. Code is loaded from it."""
    try:
        folder().mkdir(mode=0o700, parents=True, exist_ok=True)
        found = folder().stat()
        with tempfile.TemporaryFile(dir=folder()):
            return os.name == "nt" or (found.st_uid == os.getuid() and not found.st_mode & 0o022)
    except OSError:
        return False


def place_of(kernel: Callable[..., Any], types: tuple[Any, ...]) -> Path:
    """The folder of a kernel as it is loaded, for arguments of these types, this processor, and these versions of Python and numba."""
    import llvmlite.binding as llvm
    import numba

    code = kernel.__code__
    named = [repr(kernel.__globals__.get(name)) for name in code.co_names if isinstance(kernel.__globals__.get(name), (int, float))]
    processor = (llvm.get_host_cpu_name(), llvm.get_host_cpu_features().flatten())
    source = Path(code.co_filename).stat()  # numba compiles again where these are others, and for a copy at another path
    loaded = (code.co_filename, code.co_code, code.co_consts, code.co_names, code.co_varnames, named, source.st_mtime_ns, source.st_size)
    text = repr((loaded, types, processor, sys.version, numba.__version__))
    return folder() / f"{kernel.__name__}-{hashlib.sha256(text.encode()).hexdigest()[:32]}"


def is_whole(place: Path) -> bool:
    """Whether each file of a folder has the hash that was noted of it."""
    try:
        return json.loads((place / _HASHES).read_text()) == _hashes(place)
    except (OSError, ValueError):
        return False


@contextmanager
def turn() -> Iterator[None]:
    """Holds what one process at a time holds while it compiles. After LONGEST_WAIT it goes on without: who holds it may be stopped."""
    handle, until = os.open(folder(), os.O_RDONLY), time.monotonic() + LONGEST_WAIT
    try:
        while time.monotonic() < until:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                time.sleep(0.05)
        yield
    finally:
        os.close(handle)


@contextmanager
def new(place: Path) -> Iterator[Path]:
    """A folder to compile into, which takes the name `place` at the end."""
    fresh = Path(tempfile.mkdtemp(dir=folder()))
    try:
        yield fresh
        (fresh / _HASHES).write_text(json.dumps(_hashes(fresh)))
        if not is_whole(place):
            shutil.rmtree(place, ignore_errors=True)
            with suppress(OSError):  # another process was faster
                fresh.rename(place)
    finally:
        shutil.rmtree(fresh, ignore_errors=True)


def _hashes(place: Path) -> dict[str, str]:
    files = sorted(path for path in place.rglob("*") if path.is_file() and path != place / _HASHES)
    return {str(path.relative_to(place)): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}

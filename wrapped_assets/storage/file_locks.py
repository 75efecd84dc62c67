"""Locks of a data root: a file of this machine, and where machines share a registry, a lock of its server."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from wrapped_assets.storage.server_locks import ServerLocks


@contextmanager
def held(folder: Path, name: str, server: Callable[[], ServerLocks | None], *, shared: bool, wait: bool) -> Iterator[bool]:
    """Holds a lock between processes: see `Root.lock`. The server is asked for its locks once the file's is held."""
    folder.mkdir(exist_ok=True)
    handle = os.open(folder / f"{name}.lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        try:
            fcntl.flock(handle, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | (0 if wait else fcntl.LOCK_NB))
        except BlockingIOError:
            yield False
            return
        if (locks := server()) is None:
            yield True
            return
        with locks.held(name, shared=shared, wait=wait) as is_mine:
            yield is_mine
    finally:
        os.close(handle)

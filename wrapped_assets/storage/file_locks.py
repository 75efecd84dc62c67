"""Locks of a data root: a file of this machine, and where machines share a registry, a lock of its server."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path

from wrapped_assets.storage.server_locks import ServerLocks

HELD_BY_MOVES = ("erasing", "publishing", "landing", "catalogue")  # in this order, while a root's files become a store's


@contextmanager
def held(
    folder: Path, name: str, server: Callable[[], ServerLocks | None], check: Callable[[], None], *, shared: bool, wait: bool
) -> Iterator[bool]:  # fmt: skip
    """Holds a lock between processes: see `Root.lock`. The server is asked for its locks once the file's is held.

    `check` raises where the root was moved; it is asked once a lock is held that moves hold.
    """
    folder.mkdir(exist_ok=True)
    handle = os.open(folder / f"{name}.lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        try:
            fcntl.flock(handle, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | (0 if wait else fcntl.LOCK_NB))
        except BlockingIOError:
            yield False
            return
        with nullcontext(True) if (locks := server()) is None else locks.held(name, shared=shared, wait=wait) as is_mine:
            if is_mine and name in HELD_BY_MOVES:
                check()
            yield is_mine
    finally:
        os.close(handle)

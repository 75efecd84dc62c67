"""Opens a SQLite file even if its folder cannot be written, as on a read-only disk or in another user's data root."""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile
from pathlib import Path

import sqlalchemy as sa


def is_read_only(file: Path) -> bool:
    """Whether this process may not change the file, or may not write SQLite's journal beside it."""
    return file.exists() and not (os.access(file, os.W_OK) and os.access(file.parent, os.W_OK))


def address_of(file: Path) -> sa.URL:
    """How SQLAlchemy opens the file. Where it may only be read, nothing is written beside it either."""
    if not is_read_only(file):
        return sa.URL.create("sqlite", database=str(file))
    journal, index = (file.with_name(file.name + suffix) for suffix in ("-wal", "-shm"))
    if not journal.exists() or journal.stat().st_size == 0:
        return _read_only(file, immutable="1")  # without a journal the file says everything
    if index.exists():
        return _read_only(file)
    copy = Path(tempfile.mkdtemp(prefix="wrapped-registry-"))  # without the index SQLite would have to write one
    atexit.register(shutil.rmtree, copy, ignore_errors=True)
    for part in (file, journal):
        shutil.copyfile(part, copy / part.name)
    return _read_only(copy / file.name)


def _read_only(file: Path, **how: str) -> sa.URL:
    return sa.URL.create("sqlite", database=f"file:{file}", query={"mode": "ro", "uri": "true", **how})

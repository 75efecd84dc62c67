"""Opens a SQLite file even if its folder cannot be written, as on a read-only disk or in another user's data root."""

from __future__ import annotations

import atexit
import os
from pathlib import Path

from wrapped_assets.storage.later import sa


def is_read_only(file: Path) -> bool:
    """Whether this process may not change the file, or may not write SQLite's journal beside it."""
    return file.exists() and not (os.access(file, os.W_OK) and os.access(file.parent, os.W_OK))


def address_of(file: Path) -> sa.URL:
    """How SQLAlchemy opens the file."""
    place, is_uri = how_to_open(file)
    return sa.make_url(f"sqlite:///{place}&uri=true") if is_uri else sa.URL.create("sqlite", database=place)


def how_to_open(file: Path) -> tuple[str, bool]:
    """What SQLite is given, and whether that is an URI. Where the file may only be read, nothing is written beside it either."""
    if not is_read_only(file):
        return str(file), False
    journal, index = (file.with_name(file.name + suffix) for suffix in ("-wal", "-shm"))
    if not journal.exists() or journal.stat().st_size == 0:
        return _read_only(file, "&immutable=1")  # without a journal the file says everything
    if index.exists():
        return _read_only(file)
    import shutil
    import tempfile

    copy = Path(tempfile.mkdtemp(prefix="wrapped-registry-"))  # without the index SQLite would have to write one
    atexit.register(shutil.rmtree, copy, ignore_errors=True)
    for part in (file, journal):
        shutil.copyfile(part, copy / part.name)
    return _read_only(copy / file.name)


def _read_only(file: Path, how: str = "") -> tuple[str, bool]:
    from urllib.parse import quote

    return f"file:{quote(str(file))}?mode=ro{how}", True

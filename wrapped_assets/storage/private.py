"""Makes everything below a data root readable by its owner only: folders 0700, files 0600, regardless of the umask."""

from __future__ import annotations

import logging
import os
import stat
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

_OTHERS = stat.S_IRWXG | stat.S_IRWXO
_LOG = logging.getLogger("wrapped_assets")


def keep_private() -> None:
    """Lets this process, and those that it starts, make files that nobody else may read: SQLite's and Polars' own as well as ours."""
    os.umask(0o077)


def tighten(root: Path) -> int:
    """Takes from other users what they may do below a data root, and says so in the log; returns how many paths that were.

    The root and what lies directly in it are looked at; only where one of these is open is every path below it.
    """
    if not any(map(_is_open, (root, *root.iterdir()))):
        return 0
    changed = sum(map(_close, _every(root)))
    _LOG.warning("the data root was readable by other users of this machine: %d files and folders are now their owner's alone", changed)
    return changed


def _every(root: Path) -> Iterator[Path]:
    yield root
    for folder, folders, files in os.walk(root):
        yield from (Path(folder, name) for name in (*folders, *files))


def _is_open(path: Path) -> bool:
    try:
        found = path.lstat()
    except OSError:  # another process removed it
        return False
    return not stat.S_ISLNK(found.st_mode) and bool(stat.S_IMODE(found.st_mode) & _OTHERS)


def _close(path: Path) -> bool:
    if not _is_open(path):
        return False
    with suppress(OSError):  # somebody else's file: its owner must close it
        path.chmod(stat.S_IMODE(path.lstat().st_mode) & ~_OTHERS)
        return True
    return False

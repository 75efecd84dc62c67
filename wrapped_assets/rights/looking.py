"""Every file below a folder, each once whatever names it has, and its bytes."""

from __future__ import annotations

import mmap
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from wrapped_assets.rights.databases import JOURNALS, is_database
from wrapped_assets.rights.sieve import LARGEST_SIFTED
from wrapped_assets.storage.links import is_part, leads_out

PAGES = "site"  # the folder whose files are searched as pages
# Device and number of files that have several names, whether it is one among pages, and its ending: both say how a file is searched.
Seen = set[tuple[int, int, bool, str]]


def files_below(
    folder: Path, skips: Callable[[str], bool], opaque: dict[str, str], seen: Seen, below: str = "", top: Path | None = None
) -> Iterator[tuple[Path | None, str]]:  # fmt: skip
    """Everything below a folder, in order of its relative path, which comes second: None in place of what has no bytes of its own, and of
    a file that was seen by another of its names.

    Of links those are followed that are a part of the data root on another disk (`links.is_part`). Journals are left out, which are read
    with their database. `opaque` hears of folders that cannot be read and of other links that lead out of the data root, and why.
    """
    top = top or folder
    try:
        with os.scandir(folder) as entries:
            listed = sorted(entries, key=lambda entry: entry.name)
    except FileNotFoundError:  # gone meanwhile
        return
    except OSError as error:
        opaque[below or str(folder)] = error.strerror or "unreadable"
        return
    for entry in listed:
        relative = f"{below}{entry.name}"
        if skips(relative) or _is_journal(entry):
            continue
        if entry.is_symlink() and not is_part(Path(entry.path), top):
            if leads_out(Path(entry.path), top):
                opaque[relative] = "a link out of the data root: what it leads to was not searched"
            yield None, relative
        elif entry.is_dir():
            yield None, relative
            yield from files_below(Path(entry.path), skips, opaque, seen, f"{relative}/", top)
        elif entry.is_file():
            yield (None if _is_known(entry, relative, seen) else Path(entry.path)), relative
        else:
            yield None, relative


def _is_journal(entry: os.DirEntry[str]) -> bool:
    """Whether the file belongs to a database beside it."""
    ending = next((ending for ending in JOURNALS if entry.name.endswith(ending)), None)
    try:
        return ending is not None and is_database(Path(entry.path.removesuffix(ending)))
    except OSError:
        return False


def _is_known(entry: os.DirEntry[str], relative: str, seen: Seen) -> bool:
    """Whether the same file was met by another name that is searched in the same way: a page that several renderings show is one file."""
    try:
        status = entry.stat()
    except FileNotFoundError:
        return True
    which = status.st_dev, status.st_ino, relative.startswith(f"{PAGES}/"), Path(entry.name).suffix
    is_known = status.st_nlink > 1 and which in seen
    if status.st_nlink > 1:
        seen.add(which)
    return is_known


@contextmanager
def opened(path: Path) -> Iterator[bytes | memoryview]:
    """A file's bytes: read where they are few, and otherwise mapped."""
    with path.open("rb") as file:
        start = file.read(LARGEST_SIFTED)
        if len(start) < LARGEST_SIFTED:
            yield start
            return
        with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as mapped:
            view = memoryview(mapped)
            try:
                yield view
            finally:
                view.release()



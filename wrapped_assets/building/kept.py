"""Keeps plain documents that follow from the project's code: `taken` gives back exactly what `keep` was given, or nothing.

A document's name holds a hash of everything that it follows from, so a change of any of that asks for another file. A file begins with a
hash of its text, belongs to this user, and can be written by nobody else; any other is not taken. Where no file can be written, each
command works out again what it needs.
"""

from __future__ import annotations

import hashlib
import os
import stat
from contextlib import suppress
from pathlib import Path
from typing import Any

import orjson

from wrapped_assets.storage.whole_files import write_whole

MOST_FILES = 100  # each command loads modules of its own, and so has files of its own


def taken(name: str) -> Any:
    """The document of that name; None where nothing whole of this user's own is there."""
    with suppress(OSError, ValueError, RuntimeError):  # the last: a user without a home
        digest, _, text = _own_bytes(_place(name)).partition(b"\n")
        if digest == _digest(text):
            return orjson.loads(text)
    return None


def keep(name: str, document: Any) -> None:
    """Writes the document, if it can, whole and at once, and forgets the oldest ones."""
    with suppress(OSError, RuntimeError):
        text, place = orjson.dumps(document), _place(name)
        write_whole(place, _digest(text) + b"\n" + text, syncs=False)  # a loss of power leaves what its own hash gives away
        for old in sorted(place.parent.glob("*.json"), key=lambda path: path.stat().st_mtime)[:-MOST_FILES]:
            old.unlink(missing_ok=True)


def _place(name: str) -> Path:
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "wrapped-assets" / "fingerprints" / f"{name}.json"


def _own_bytes(path: Path) -> bytes:
    """The file's bytes. PermissionError where somebody else could have written them."""
    with open(os.open(path, os.O_RDONLY | os.O_NOFOLLOW), "rb") as file:  # noqa: PTH123 (of a handle)
        for found in (os.fstat(file.fileno()), path.parent.stat()):
            if found.st_uid != os.geteuid() or found.st_mode & (stat.S_IWGRP | stat.S_IWOTH):
                raise PermissionError
        return file.read()


def _digest(text: bytes) -> bytes:
    return hashlib.blake2b(text, digest_size=16).hexdigest().encode()

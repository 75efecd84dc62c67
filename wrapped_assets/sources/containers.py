"""Walks a file, a folder or a zip and gives each member's head and a way to open it; nothing is ever unpacked to disk."""

from __future__ import annotations

import os
import re
import stat
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import BinaryIO

from wrapped_assets.contracts.errors import InputError
from wrapped_assets.contracts.source import Head
from wrapped_assets.sources import zip_members
from wrapped_assets.sources.streams import Damage, Report, gunzipped, plain_utf8, seekable, watched

HEAD_BYTES = 16_384  # the first record of every format fits; a Last.fm track with its images takes about 1,500
PARQUET, GZIP, ZIP = b"PAR1", b"\x1f\x8b", b"PK\x03\x04"
EMPTY_ZIP = b"PK\x05\x06"


@dataclass(frozen=True)
class Problem:
    """Something that could not be read. `text` names no file and no listener; `path` does, and is for the one who imports."""

    path: str
    text: str


@dataclass(frozen=True)
class Member:
    """One file, wherever it lies. `open` may be called several times; what goes wrong later is told to the walk's `report`."""

    head: Head
    open: Callable[[], BinaryIO]


class Walk:
    """The members of a path in a fixed order, and the problems met, also those met later while members are read."""

    def __init__(self, path: Path) -> None:
        """Raises InputError where there is nothing to read at `path`."""
        self.problems: list[Problem] = []
        self._root = path
        if not os.path.lexists(path):
            raise InputError("there is no such file or folder: check the path")
        found = list(self._below(path) if path.is_dir() else self._file(path, path.name))
        self._by_path = {member.head.path: member.open for member in found}  # what companions are looked up in
        self.members = [Member(replace(member.head, companion=partial(self._companion, member.head.path)), member.open) for member in found]

    def _companion(self, path: str, name: str) -> BinaryIO | None:
        folder = path
        while folder:
            folder = folder.rpartition("/")[0]
            opener = self._by_path.get(f"{folder}/{name}" if folder else name)
            if opener is not None:
                return opener()
        return None

    def _below(self, root: Path) -> Iterator[Member]:
        # Links to folders are not followed: they may lead in circles, or out of what was meant to be imported.
        for folder, below, files in os.walk(root, onerror=partial(self._unreadable_folder, root)):
            below.sort()
            for name in [name for name in below if (Path(folder) / name).is_symlink()]:
                self.problems.append(Problem(name, "is a link to a folder, which is not followed: import that folder itself"))
            for name in sorted(files):
                whole = Path(folder, name)
                yield from self._file(whole, cleaned(whole.relative_to(root).as_posix()))

    def _unreadable_folder(self, root: Path, error: OSError) -> None:
        self.problems.append(Problem(cleaned(os.path.relpath(error.filename, root)), f"cannot be opened: {error.strerror}"))

    def _file(self, path: Path, shown: str) -> Iterator[Member]:
        try:
            if not stat.S_ISREG(path.stat().st_mode):  # reading a pipe or a device could wait for ever
                self.problems.append(Problem(shown, "is not an ordinary file"))
                return
            with path.open("rb") as file:
                start = file.read(len(ZIP))
        except OSError as error:
            self.problems.append(Problem(shown, f"cannot be opened: {error.strerror}"))
            return
        if start in (ZIP, EMPTY_ZIP):
            yield from self._zip(path, shown)
        else:
            yield from self._member(shown, partial(path.open, "rb"))

    def _zip(self, path: Path, shown: str) -> Iterator[Member]:
        prefix = "" if path == self._root else f"{shown}/"
        try:
            packed = list(zip_members.members(path, partial(self._report, shown)))
        except (zipfile.BadZipFile, NotImplementedError, ValueError, OSError):
            self._report(shown, "is not a zip that can be read")
            return
        for entry in packed:
            yield from self._member(prefix + cleaned(entry.name), entry.open)

    def _member(self, shown: str, opener: Callable[[], BinaryIO]) -> Iterator[Member]:
        report = partial(self._report, shown)
        start = self._start(opener, report)
        if start is None:
            return
        if start.startswith(GZIP):
            opener, shown = partial(gunzipped, opener), shown.removesuffix(".gz")
            start = self._start(opener, report)
            if start is None:
                return
        if start.startswith(PARQUET):
            opener = partial(seekable, opener)
            names = zip_members.parquet_column_names(opener)
            if names is None:
                self._report(shown, "is a Parquet file that is damaged or incomplete")
                return
            yield Member(Head(shown.rpartition("/")[2], shown, start[:HEAD_BYTES], names), opener)
            return
        plain = partial(plain_utf8, partial(watched, opener, report))
        with plain() as stream:
            yield Member(Head(shown.rpartition("/")[2], shown, stream.read(HEAD_BYTES)), plain)

    def _start(self, opener: Callable[[], BinaryIO], report: Report) -> bytes | None:
        try:
            with opener() as stream:
                return stream.read(HEAD_BYTES)
        except Damage.KINDS as error:
            report(Damage.told(error))
            return None

    def _report(self, shown: str, text: str) -> None:
        problem = Problem(shown, text)
        if problem not in self.problems:  # a member is opened twice: for its head and to be read
            self.problems.append(problem)


def cleaned(path: str) -> str:
    """A member's path as it may be shown: no control characters, no drive, no way up or to the root."""
    parts = re.sub(r"[\x00-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]", "", path.replace("\\", "/")).split("/")
    kept = [part for part in parts if part not in ("", ".", "..") and not re.fullmatch(r"[A-Za-z]:", part)]
    return "/".join(kept).encode("utf-8", "replace").decode("utf-8") or "unnamed"

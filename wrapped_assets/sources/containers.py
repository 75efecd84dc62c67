"""Walks a file, a folder, a zip or a tar, also inside of each other, and gives each member's head and a way to open it.

Nothing is unpacked under a name: what must be sought in and does not lie on the disk is copied to memory or a nameless file.
"""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import BinaryIO

from wrapped_assets.contracts.errors import InputError
from wrapped_assets.contracts.source import Head
from wrapped_assets.sources import tar_members, zip_members
from wrapped_assets.sources.databases import table_names
from wrapped_assets.sources.inflating import gunzipped
from wrapped_assets.sources.plain_text import plain_utf8
from wrapped_assets.sources.spreadsheets import sheet_names
from wrapped_assets.sources.streams import Damage, Opener, Report, seekable_opener, watched

HEAD_BYTES = 16_384  # the first record of every format fits; a Last.fm track with its images takes about 1,500
PARQUET, GZIP, ZIP, EMPTY_ZIP, SQLITE = b"PAR1", b"\x1f\x8b", b"PK\x03\x04", b"PK\x05\x06", b"SQLite format 3\0"
DEEPEST = 4  # containers inside of containers; a bomb is deeper


@dataclass(frozen=True)
class Problem:
    """Something that could not be read. `text` names no file and no listener; `path` does, and is for the one who imports.

    `unread_bytes` is None where nothing is lost, and 0 where it cannot be said how much is.
    """

    path: str
    text: str
    unread_bytes: int | None = None


@dataclass(frozen=True)
class Member:
    """One file, wherever it lies. `open` may be called several times; what goes wrong later is told to the walk's `report`."""

    head: Head
    open: Opener


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
        self.members = [Member(self._with_ways(member), member.open) for member in found]

    def _with_ways(self, member: Member) -> Head:
        return replace(member.head, companion=partial(self._companion, member.head.path), again=member.open)

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
        self._report(cleaned(os.path.relpath(error.filename, root)), f"cannot be opened: {error.strerror}", 0)

    def _file(self, path: Path, shown: str) -> Iterator[Member]:
        try:
            if not stat.S_ISREG(path.stat().st_mode):  # reading a pipe or a device could wait for ever
                self._report(shown, "is not an ordinary file")
                return
            path.open("rb").close()
        except OSError as error:
            self._report(shown, f"cannot be opened: {error.strerror}", 0)
            return
        yield from self._member(shown, partial(path.open, "rb"), "" if path == self._root else f"{shown}/", DEEPEST)

    def _packed(self, entries: Iterator[zip_members.Entry], shown: str, prefix: str, depth: int) -> Iterator[Member]:
        try:
            found = list(entries)
        except Damage.KINDS as error:
            self._report(shown, Damage.told(error), 0)
            return
        for entry in found:
            name = prefix + cleaned(entry.name)
            yield from self._member(name, entry.open, f"{name}/", depth - 1)

    def _member(self, shown: str, opener: Opener, prefix: str, depth: int) -> Iterator[Member]:
        report = partial(self._report, shown)
        start = self._start(opener, report)
        is_gzip = bool(start and start.startswith(GZIP))
        if is_gzip:
            opener, shown = partial(gunzipped, opener), shown.removesuffix(".gz")
            start = self._start(opener, report)
        if start is None:
            return
        is_zip, is_tar = start.startswith((ZIP, EMPTY_ZIP)), tar_members.is_tar(start)
        if (is_zip or is_tar) and not depth:
            report("lies deeper in zips than any export: it is not read", 0)
        elif is_zip or is_tar or start.startswith((PARQUET, SQLITE)):
            try:
                whole = seekable_opener(partial(watched, opener, report) if is_gzip and is_tar else opener)
            except Damage.KINDS as error:
                report(Damage.told(error), 0)
                return
            if is_tar:
                yield from self._packed(tar_members.members(whole, report), shown, prefix, depth)
            elif is_zip and (sheets := _sheets(whole)):
                yield Member(Head(shown.rpartition("/")[2], shown, start[:HEAD_BYTES], table_names=sheets), whole)
            elif is_zip:
                yield from self._packed(zip_members.members(whole, report), shown, prefix, depth)
            else:
                yield from self._table(shown, whole, start)
        else:
            plain = partial(plain_utf8, partial(watched, opener, report), report)
            with plain() as stream:
                yield Member(Head(shown.rpartition("/")[2], shown, stream.read(HEAD_BYTES)), plain)

    def _table(self, shown: str, opener: Opener, start: bytes) -> Iterator[Member]:
        name, is_parquet = shown.rpartition("/")[2], start.startswith(PARQUET)
        names = parquet_column_names(opener) if is_parquet else table_names(opener)
        if names is None:
            kind = "Parquet file" if is_parquet else "database"
            with opener() as stream:
                self._report(shown, f"is a {kind} that is damaged or incomplete", stream.seek(0, os.SEEK_END))
        elif is_parquet:
            yield Member(Head(name, shown, start[:HEAD_BYTES], names), opener)
        else:
            yield Member(Head(name, shown, start[:HEAD_BYTES], table_names=names), opener)

    def _start(self, opener: Opener, report: Report) -> bytes | None:
        before = len(self.problems)
        with watched(opener, report) as stream:
            start = stream.read(HEAD_BYTES)
        return start if start or len(self.problems) == before else None

    def _report(self, shown: str, text: str, unread_bytes: int | None = None) -> None:
        """Adds a problem. A member is read twice, for its head and as a whole: of the same problem the greater loss is told."""
        known = next((number for number, problem in enumerate(self.problems) if (problem.path, problem.text) == (shown, text)), None)
        if known is None:
            self.problems.append(Problem(shown, text, unread_bytes))
        elif unread_bytes is not None and unread_bytes > (self.problems[known].unread_bytes or 0):
            self.problems[known] = Problem(shown, text, unread_bytes)


def _sheets(opener: Opener) -> tuple[str, ...]:
    with opener() as stream:
        return sheet_names(stream)


def parquet_column_names(opener: Opener) -> tuple[str, ...] | None:
    """The columns of a Parquet file; None where it is damaged."""
    import pyarrow as pa  # 0.2 s to import, and only here needed
    import pyarrow.parquet as pq

    try:
        with opener() as stream:
            return tuple(pq.read_schema(stream).names)
    except (pa.ArrowException, *Damage.KINDS):
        return None


def cleaned(path: str) -> str:
    """A member's path as it may be shown: no control characters, no drive, no way up or to the root."""
    parts = re.sub(r"[\x00-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]", "", path.replace("\\", "/")).split("/")
    kept = [part for part in parts if part not in ("", ".", "..") and not re.fullmatch(r"[A-Za-z]:", part)]
    return "/".join(kept).encode("utf-8", "replace").decode("utf-8") or "unnamed"

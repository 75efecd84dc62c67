"""Looks for what is left of a person: every file below some folders, Parquet decoded, everything else by its bytes."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from hashlib import sha256
from pathlib import Path

import orjson
import polars as pl

LEAST_NAME = 6  # shorter names are words, or parts of them, elsewhere; surrogate and pseudonyms are looked for whatever the name
_REGISTRY = "registry.sqlite"  # holds the list of recalls, and with it pseudonyms that stand for nobody any more
_MUSIC = ("recording_name", "artist_name", "artist_names", "release_group_name", "show_name")  # may be called as a listener is
_SKIPPED = ("tombstone_keys", "erasures")  # keys of suppression; the case under way


@dataclass(frozen=True)
class Needles:
    """What was a person's alone: the name, the surrogate, pseudonyms, and texts that nobody else's plays have."""

    listener_id: int
    name: str
    pseudonyms: tuple[str, ...] = ()
    texts: frozenset[str] = frozenset()

    def as_json(self) -> bytes:
        return orjson.dumps([self.listener_id, self.name, list(self.pseudonyms), sorted(self.texts)])

    @classmethod
    def from_json(cls, content: bytes) -> Needles:
        listener_id, name, pseudonyms, texts = orjson.loads(content)
        return cls(listener_id, name, tuple(pseudonyms), frozenset(texts))


@dataclass
class Residue:
    """What a search looked at, and in which files it found something; file names carry nobody's data."""

    files: int = 0
    bytes: int = 0
    hits: list[str] = field(default_factory=list)

    @property
    def sha256(self) -> str:
        """Of the search's report."""
        return sha256(orjson.dumps([self.files, self.bytes, self.hits])).hexdigest()


def residue_of(needles: Needles, folders: Iterable[Path]) -> Residue:
    """Searches every file below the folders; in the registry not for pseudonyms, which the list of recalls must name."""
    found = Residue()
    raw = _patterns(needles)
    in_registry = _patterns(replace(needles, pseudonyms=()))
    for folder in folders:
        for path in sorted(folder.rglob("*")):
            relative = path.relative_to(folder)
            if not path.is_file() or path.is_symlink() or relative.parts[0] in _SKIPPED:
                continue
            found.files += 1
            found.bytes += path.stat().st_size
            patterns = in_registry if path.name.startswith(_REGISTRY) else raw
            if _in_parquet(path, needles) if path.suffix == ".parquet" else any(each.search(path.read_bytes()) for each in patterns):
                found.hits.append(str(relative))
    return found


def _patterns(needles: Needles) -> list[re.Pattern[bytes]]:
    """The surrogate as digits and as eight bytes either way round, pseudonyms, and the name as a word."""
    surrogate = needles.listener_id
    plain = [str(surrogate).encode(), surrogate.to_bytes(8, "big"), surrogate.to_bytes(8, "little")]
    plain += [each.encode() for each in needles.pseudonyms]
    found = [re.compile(re.escape(each)) for each in plain]
    if len(needles.name) >= LEAST_NAME:
        found.append(re.compile(rb"(?<![0-9A-Za-z])" + re.escape(needles.name.encode()) + rb"(?![0-9A-Za-z])"))
    return found


def _in_parquet(path: Path, needles: Needles) -> bool:
    frame = pl.read_parquet(path)
    for column in frame.iter_columns():
        values = column.explode() if isinstance(column.dtype, pl.List) else column
        if values.dtype.is_integer() and column.name.endswith("listener_id") and (values == needles.listener_id).any():
            return True
        texts = [*needles.pseudonyms, *needles.texts, *(() if column.name in _MUSIC else (needles.name,))]
        if values.dtype == pl.String and values.is_in(texts).any():
            return True
    return False

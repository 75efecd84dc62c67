"""Finds which form of catalogue each file is, by its content."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from wrapped_assets.contracts.discovery import declared_in
from wrapped_assets.contracts.errors import InputError
from wrapped_assets.contracts.known_source import KnownBatch, KnownSource
from wrapped_assets.sources.containers import Member, Problem, Walk


@cache
def all_known_sources() -> tuple[KnownSource, ...]:
    """The forms of catalogue, by name. No two of them recognise the same file."""
    return tuple(sorted(declared_in("wrapped_assets.sources.known", KnownSource), key=lambda source: source.name))


@dataclass(frozen=True)
class KnownFile:
    """One file in a known form."""

    source: KnownSource
    member: Member = field(repr=False)

    def batches(self) -> Iterator[KnownBatch]:
        """What the file holds; each call reads it anew."""
        with self.member.open() as stream:
            yield from self.source.read(stream, self.member.head)


@dataclass(frozen=True)
class KnownReading:
    """What was found at a path; `problems` grows while files are read."""

    files: list[KnownFile]
    unrecognised: list[str]
    problems: list[Problem]


def read_known(path: Path) -> KnownReading:
    """Everything of a catalogue at a file, folder or zip; InputError where nothing of it is."""
    walk = Walk(path)
    files, unrecognised = [], []
    for member in walk.members:
        source = next((one for one in all_known_sources() if one.recognises(member.head)), None)
        if source:
            files.append(KnownFile(source, member))
        else:
            unrecognised.append(member.head.path)
    if not files:
        forms = "; ".join(source.title for source in all_known_sources())
        problems = "".join(f"; a file {text}" for text in dict.fromkeys(problem.text for problem in walk.problems[:20]))
        raise InputError(
            f"no catalogue at this path: {len(walk.members)} file(s) checked, none in a known format{problems}. "
            f"Known formats: {forms}. docs/catalogue.md lists the columns of our own tables"
        )
    return KnownReading(files, unrecognised, walk.problems)

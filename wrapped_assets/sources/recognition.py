"""Finds each file's format by its content, and reads everything of a path that is in a known one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from wrapped_assets.contracts.discovery import all_sources
from wrapped_assets.contracts.errors import InputError
from wrapped_assets.contracts.source import Batch, Head, Source
from wrapped_assets.sources import strangers
from wrapped_assets.sources.containers import Member, Problem, Walk
from wrapped_assets.sources.other_files import lost_part


@dataclass(frozen=True)
class RecognisedFile:
    """One file in a known format."""

    head: Head
    source: Source
    member: Member = field(repr=False)

    def batches(self) -> Iterator[Batch]:
        """What the file holds; each call reads it anew. Damage ends it early and is added to `Reading.problems`."""
        with self.member.open() as stream:
            yield from self.source.read(stream, self.head)


@dataclass(frozen=True)
class Reading:
    """What was found at a path.

    `files` come in a fixed order, tables of listeners first. `unrecognised` are paths inside it, of Userdata.json, PDFs and the like.
    `problems` grows while batches are read: look at it afterwards.
    """

    files: list[RecognisedFile]
    unrecognised: list[str]
    problems: list[Problem]

    def __iter__(self) -> Iterator[tuple[Head, Source, Iterator[Batch]]]:
        """Each file's head, source and batches; the batches are read when they are asked for."""
        for file in self.files:
            yield file.head, file.source, file.batches()


def recognise(head: Head) -> Source | None:
    """The format whose content this is; None for a foreign file. No two formats accept the same content: a test holds them to it."""
    return next((source for source in all_sources() if source.recognises(head)), None)


def source_named(name: str) -> Source:
    """The format of that name; raises InputError with the known ones."""
    for source in all_sources():
        if source.name == name:
            return source
    raise InputError(f"unknown format; known are {', '.join(source.name for source in all_sources())}")


def read_path(path: str | Path, format: str | None = None) -> Reading:  # noqa: A002 (the option's name)
    """Everything readable at a file, folder or zip.

    Recognition comes before reading, so that an error comes before anything is landed. With `format`, a file given alone is read as
    that format whatever it looks like; of a folder or zip only the members in that format are read. Raises InputError where the path
    is missing, and where nothing in it is recognised.
    """
    path = Path(path)
    only = None if format is None else source_named(format)
    walk = Walk(path)
    files: list[RecognisedFile] = []
    unrecognised: list[Member] = []
    is_alone = len(walk.members) == 1 and not path.is_dir()
    for member in walk.members:
        source = only if only and is_alone else recognise(member.head)
        if source is None or (only and source is not only):
            unrecognised.append(member)
        else:
            files.append(RecognisedFile(member.head, source, member))
    if not files:
        raise InputError(nothing_recognised(walk))
    walk.problems.extend(Problem(member.head.path, text, 0) for member in unrecognised if (text := lost_part(member.head)))
    companions = {name for file in files for name in file.source.companions}
    return Reading(
        files=sorted(files, key=lambda file: file.head.name != "listeners.parquet"),  # stable: otherwise as they were found
        unrecognised=[member.head.path for member in unrecognised if member.head.name not in companions],
        problems=walk.problems,
    )


def nothing_recognised(walk: Walk) -> str:
    """What to say when there is nothing to import. No names of files: they often hold the name of a person."""
    known = "; ".join(source.title for source in all_sources())
    sentences = [f"; {sentence}" for sentence in strangers.told([member.head for member in walk.members[:200]])]
    seen = f"{len(walk.members)} file(s) looked at, none of them in a known format" if walk.members else "there is no file that can be read"
    empty = sum(not member.head.first_bytes for member in walk.members)
    seen += f", {empty} of them empty: export or copy again" if empty else ""
    problems = "".join(f"; a file {text}" for text in dict.fromkeys(problem.text for problem in walk.problems[:20]))
    return f"nothing to import: {seen}{''.join(sentences)}{problems}. Known formats: {known}"

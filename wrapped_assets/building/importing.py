"""Imports an export: lands the plays of its files and counts accepted, duplicate and rejected rows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import polars as pl

from wrapped_assets.building.coding import Coding
from wrapped_assets.building.logics import importer
from wrapped_assets.building.people_met import EARLIEST_BIRTH, LATEST_BIRTH, PeopleMet, Person
from wrapped_assets.building.playbacks import Landed, count_playbacks
from wrapped_assets.contracts.source import REJECTED_SCHEMA, UNREAD_REASONS, Source
from wrapped_assets.kernels.hashing import frame_hashes
from wrapped_assets.kernels.versions import combined
from wrapped_assets.listens.clocks import EDGE
from wrapped_assets.sources.recognition import RecognisedFile, read_path
from wrapped_assets.storage import landing, tombstones
from wrapped_assets.storage.landing_writer import LandingWriter
from wrapped_assets.storage.root import Root
from wrapped_assets.storage.stored_files import NewFile
from wrapped_assets.storage.sweep import landing_swept
from wrapped_assets.storage.whole_files import file_hash


@dataclass
class ImportReport:
    """What an import did. `rejected` counts rows by reason, `problems` says what of the input could not be used.

    `unread_bytes` are those of broken rows, and of files that could not be read or unpacked as far as their sizes are known.
    """

    listener: str | None
    files: int = 0
    accepted: int = 0
    duplicate: int = 0
    rejected: Counter[str] = field(default_factory=Counter)
    unrecognised: list[str] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    unread_bytes: int = 0
    is_everything_read: bool = True  # nothing of the input is broken, locked or larger than any export
    people: int = 0  # whom tables of listeners describe

    @property
    def unread_rows(self) -> int:
        """The rows that are broken, one for each of which something was found."""
        return sum(self.rejected[reason] for reason in UNREAD_REASONS)

    @property
    def is_nothing(self) -> bool:
        """Whether the input said nothing that is in the lake now: no play, old or new, and no table of listeners."""
        return not (self.accepted or self.duplicate or self.people)


def import_paths(
    root: Root, paths: Iterable[Path], person: Person | None, *, format: str | None = None,  # noqa: A002 (the option's name)
    progress: Callable[[int], None] | None = None,
) -> ImportReport:  # fmt: skip
    """Lands exports of one listener, or event logs that name theirs. Visible as a whole at the end, or not at all.

    Raises InputError, and changes nothing, where nothing in the paths is known, or a row has no listener and `person` is None.
    """
    tombstones.expire(root)
    with landing_swept(root):
        return _import(root, paths, person, format, progress)


def _import(
    root: Root, paths: Iterable[Path], person: Person | None, format_: str | None, progress: Callable[[int], None] | None
) -> ImportReport:
    report = ImportReport(person.name if person else None)
    people = PeopleMet(root, person)
    counted = Landed()
    writer = LandingWriter(root, EDGE, watch=counted.take)
    coding = Coding(writer)
    imports: list[dict[str, object]] = []
    for path in paths:
        reading = read_path(path, format_)
        for file in reading.files:
            rejected, rows = _land(file, people, coding, report, progress)
            if file.source.name != "event_log":  # one person's files: each its own chunks, so that a file keeps its names
                writer.cut()
            report.files += 1
            report.rejected.update(dict(rejected.group_by("reason").len().iter_rows()))
            imports.append(_record(root, file.source, rejected, rows, person))
        report.unrecognised.extend(reading.unrecognised)
        report.problems.extend(problem.text for problem in reading.problems)
        losses = [problem.unread_bytes for problem in reading.problems if problem.unread_bytes is not None]
        report.unread_bytes += sum(losses)
        report.is_everything_read &= not losses
    if person and len(people.named) > 1:
        report.problems.append(
            f"the files name {len(people.named)} listeners and all their plays were taken as those of --listener; "
            "leave --listener out to keep them apart"
        )
    if people.unusable:
        report.problems.append(
            f"{people.unusable:,} countries and years of birth in tables of listeners were left out: expected two letters (ISO 3166), and "
            f"a year from {EARLIEST_BIRTH} to {LATEST_BIRTH}"
        )
    writer.flush()
    touched = {(chunk.month, chunk.bucket) for chunk in writer.chunks if chunk.asset == landing.PLAYS}
    apart = counted.apart(touched, landing.load_chunks(root))
    known = count_playbacks(root, touched - apart)  # before this import is visible
    landed = sum(chunk.row_count for chunk in writer.chunks if chunk.asset == landing.PLAYS)
    if not landed and not report.people:
        people.forget_what_was_said()
    writer.commit(imports, people.register)
    report.accepted = counted.count(root, apart) + count_playbacks(root, touched - apart) - known
    report.duplicate = landed - report.accepted
    report.is_everything_read &= not report.unread_rows
    return report


def _land(
    file: RecognisedFile, people: PeopleMet, coding: Coding, report: ImportReport, progress: Callable[[int], None] | None
) -> tuple[pl.DataFrame, int]:
    """Codes and collects one file's batches; returns its rejected rows and how many plays it had."""
    rejected, rows = [pl.DataFrame(schema=REJECTED_SCHEMA)], 0
    for batch in file.batches():
        rejected.append(batch.rejected)
        report.unread_bytes += batch.unread_bytes
        report.people += 0 if batch.listeners is None else batch.listeners.height
        batch, names = people.without_refused(batch)
        rejected[-1] = batch.rejected
        surrogates = people.surrogates(batch, names)  # also of a batch that only says who people are
        if batch.plays.height:
            coding.add(batch, file.source, surrogates)
        rows += batch.plays.height
        if progress:
            progress(batch.plays.height + batch.rejected.height)
    return pl.concat(rejected), rows


def _kept(root: Root, path: str, rows: pl.DataFrame) -> str:
    """Stores rejected rows, unless they are there; returns the hash of their file."""
    there = root.files.found(path) if root.files.held([path]) else None
    return file_hash(there) if there else root.files.write([NewFile(rows, path)])[0].file_hash


@cache
def _hashes_of_none() -> tuple[tuple[str, str], ...]:
    """The hashes of a file's rejected rows where there are none, as for most files of an export of many."""
    return tuple(frame_hashes(pl.DataFrame(schema={**REJECTED_SCHEMA, "listener_id": pl.Int64})).items())


def _record(root: Root, source: Source, rejected: pl.DataFrame, rows: int, person: Person | None) -> dict[str, object]:
    """The row of the import table; what was rejected is kept beside it."""
    who = root.surrogate(person.name) if person else None
    kept = rejected.with_columns(listener_id=pl.lit(who, pl.Int64)).sort(["row_number", "reason"])
    content = combined(source.name, rows, *(frame_hashes(kept).items() if kept.height else _hashes_of_none()))
    path = f"landing/rejected/{content}.parquet" if kept.height else None
    digest = _kept(root, path, kept) if path else None
    return {
        "content": content, "source": source.name, "play_count": rows, "rejected_path": path,
        "rejected_hash": digest, "importer": importer(source),
        "rejected": dict(sorted(rejected.group_by("reason").len().iter_rows())),
    }  # fmt: skip

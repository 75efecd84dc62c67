"""Imports an export: lands the plays of its files and counts accepted, duplicate and rejected rows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path

import polars as pl

from wrapped_assets.building.coding import Coding
from wrapped_assets.building.logics import importer
from wrapped_assets.building.playbacks import Landed, count_playbacks
from wrapped_assets.contracts.errors import InputError, RefusedError
from wrapped_assets.contracts.source import REJECTED_SCHEMA, UNREAD_REASONS, Batch, Source
from wrapped_assets.kernels.hashing import frame_hashes
from wrapped_assets.kernels.versions import combined
from wrapped_assets.listens.clocks import EDGE
from wrapped_assets.sources.recognition import RecognisedFile, read_path
from wrapped_assets.storage import landing, registry, tombstones
from wrapped_assets.storage.files import write_parquet
from wrapped_assets.storage.landing_writer import LandingWriter
from wrapped_assets.storage.root import Root
from wrapped_assets.storage.sweep import landing_swept
from wrapped_assets.storage.whole_files import file_hash
from wrapped_assets.storage.writing import Writer


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


@dataclass(frozen=True)
class Person:
    """Whom an export is of, and what the registry is to say of them; None leaves what it says."""

    name: str
    time_zone: str | None = None
    country: str | None = None
    birth_year: int | None = None
    place: str | None = None


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
    people = _People(root, person)
    counted = Landed()
    writer = LandingWriter(root, EDGE, watch=counted.take)
    coding = Coding(writer)
    imports: list[dict[str, object]] = []
    for path in paths:
        reading = read_path(path, format_)
        for file in reading.files:
            rejected, rows = _land(file, people, coding, report, progress)
            if file.source.name != "event_log":  # one person's files: each its own chunks, so that a file keeps its names
                writer.flush()
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
    file: RecognisedFile, people: _People, coding: Coding, report: ImportReport, progress: Callable[[int], None] | None
) -> tuple[pl.DataFrame, int]:
    """Codes and collects one file's batches; returns its rejected rows and how many plays it had."""
    rejected, rows = [pl.DataFrame(schema=REJECTED_SCHEMA)], 0
    for batch in file.batches():
        rejected.append(batch.rejected)
        report.unread_bytes += batch.unread_bytes
        report.people += 0 if batch.listeners is None else batch.listeners.height
        batch, names = people.without_erased(batch)
        rejected[-1] = batch.rejected
        surrogates = people.surrogates(batch, names)  # also of a batch that only says who people are
        if batch.plays.height:
            coding.add(batch, file.source, surrogates)
        rows += batch.plays.height
        if progress:
            progress(batch.plays.height + batch.rejected.height)
    return pl.concat(rejected), rows


def _record(root: Root, source: Source, rejected: pl.DataFrame, rows: int, person: Person | None) -> dict[str, object]:
    """The row of the import table; what was rejected is kept beside it."""
    who = root.surrogate(person.name) if person else None
    kept = rejected.with_columns(listener_id=pl.lit(who, pl.Int64)).sort(["row_number", "reason"])
    content = combined(source.name, rows, *frame_hashes(kept).items())
    path = f"landing/rejected/{content}.parquet" if kept.height else None
    if path and not (root.path / path).exists():
        write_parquet(kept, root.path / path)
    digest = file_hash(root.path / path) if path else None
    return {
        "content": content, "source": source.name, "play_count": rows, "rejected_path": path,
        "rejected_hash": digest, "importer": importer(source),
        "rejected": dict(sorted(rejected.group_by("reason").len().iter_rows())),
    }  # fmt: skip


class _People:
    """Surrogates for the names that an import meets, registered once at its end."""

    def __init__(self, root: Root, person: Person | None) -> None:
        self._root, self._person = root, person
        self._known = {found.name: found for found in registry.all_listeners(root)}
        self._met: dict[str, registry.Listener] = {}
        self._said: dict[str, dict[str, object]] = {}  # only what files and options say: another process may change the rest meanwhile
        self.named: set[str] = set()  # whom the files name
        self._asked_about: set[str] = set()
        self._erased: set[str] = set()
        if person:
            if tombstones.suppressed(root, [person.name]):
                raise RefusedError(
                    "a listener of this name was erased on request, so the name cannot be imported for ninety days: choose another name"
                )
            self._meet(person.name, person.time_zone, person.country, person.birth_year, person.place)

    def _meet(self, name: str, time_zone: str | None, country: str | None, birth_year: int | None, place: str | None) -> None:
        old = self._met.get(name) or self._known.get(name)
        self._met[name] = registry.Listener(
            old.listener_id if old else self._root.surrogate(name),
            name,
            registry.checked_time_zone(time_zone) if time_zone else (old.time_zone if old else "UTC"),
            country or (old.country if old else None),
            birth_year or (old.birth_year if old else None),
            place or (old.place if old else None),
        )
        given = {"time_zone": time_zone, "country": country, "birth_year": birth_year, "place": place}
        self._said.setdefault(name, {}).update({column: value for column, value in given.items() if value})

    def without_erased(self, batch: Batch) -> tuple[Batch, list[str | None]]:
        """The batch without rows of listeners who were erased, and whom its plays name.

        Plays of the erased are counted as rejected, row numbers apart.
        """
        present = batch.plays["listener"].unique().to_list()
        listed = batch.listeners["listener"].to_list() if batch.listeners is not None else []
        names = {name for name in [*present, *listed] if name is not None} - self._asked_about
        self._asked_about |= names
        self._erased |= tombstones.suppressed(self._root, names)
        if not self._erased or self._person:
            return batch, present
        is_gone = pl.col("listener").cast(pl.String).is_in(self._erased)
        gone = batch.plays.filter(is_gone).select(reason=pl.lit("erased"))
        rejected = pl.concat([batch.rejected, gone], how="diagonal").select(batch.rejected.columns)
        listeners = None if batch.listeners is None else batch.listeners.filter(~is_gone)
        kept = batch.plays.filter(pl.col("listener").is_null() | ~is_gone)
        there = [name for name in present if name not in self._erased]
        return replace(batch, plays=kept, rejected=rejected, listeners=listeners), there

    def surrogates(self, batch: Batch, names: list[str | None]) -> dict[str | None, int]:
        """Name → surrogate of everyone whom a batch's plays name; a play without a name is the person's whose export it is."""
        if batch.listeners is not None:
            for row in batch.listeners.iter_rows(named=True):
                self._meet(row["listener"], row.get("time_zone"), row.get("country"), row.get("birth_year"), row.get("place"))
        self.named.update(name for name in names if name is not None)
        if self._person:  # an export is its person's, whatever account name the file carries
            return dict.fromkeys(names, self._root.surrogate(self._person.name))
        if None in names:
            raise InputError("this export does not name its listener: give the name with --listener NAME")
        for name in names:
            if name not in self._met:
                self._meet(name, None, None, None, None)
        return {name: self._met[name].listener_id for name in names}

    def forget_what_was_said(self) -> None:
        """An import that is refused moves nobody's clock or home. A new name stays known, for what was rejected is kept as theirs."""
        self._said = {name: {} for name in self._said}

    def register(self, writer: Writer) -> None:
        registry.take_in(writer, self._root, self._said)

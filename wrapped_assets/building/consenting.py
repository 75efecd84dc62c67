"""Imports a file of consents in one transaction; repeating an import changes nothing."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from itertools import islice
from pathlib import Path

from wrapped_assets.contracts.errors import InputError
from wrapped_assets.sources.consent_rows import ConsentRow, consent_rows
from wrapped_assets.storage import consents, registry
from wrapped_assets.storage.consents import ConsentEvent
from wrapped_assets.storage.registry import Listener
from wrapped_assets.storage.root import Root
from wrapped_assets.storage.writing import Writer, writing

RESTRICTED = "restricted"  # the state of a row without a purpose: processing is restricted since then
Pair = tuple[Listener, ConsentRow]
_ROWS_PER_BATCH = 5_000  # below what databases allow as parameters of one query


@dataclass
class ConsentReport:
    """What an import did: events that are new, events and restrictions that were there, and rows of people whom nobody imported."""

    added: int = 0
    restricted: int = 0
    known_before: int = 0
    unknown_listeners: int = 0


def import_consents(root: Root, path: Path, progress: Callable[[int], None] | None = None, now: datetime | None = None) -> ConsentReport:
    """Appends the events of a file. InputError, and nothing changed, where a row is none.

    Rows of listeners who are not in the registry are counted and left out: an import of consents makes nobody known, and brings nobody
    back who was erased.
    """
    now = now or datetime.now(UTC)
    report = ConsentReport()
    people = {person.name: person for person in registry.all_listeners(root)}
    with writing(root) as writer:
        sequence = consents.next_sequence(writer)  # one for all: inside a file the dates decide, whatever the order of its rows
        remaining = consent_rows(path)
        while rows := list(islice(remaining, _ROWS_PER_BATCH)):
            known = [(people[row.listener], row) for row in rows if row.listener in people]
            report.unknown_listeners += len(rows) - len(known)
            _add_events(writer, [pair for pair in known if pair[1].purpose is not None], now, sequence, report)
            _add_restrictions(writer, [pair for pair in known if pair[1].purpose is None], report)
            if progress:
                progress(len(rows))
    return report


def _add_events(writer: Writer, rows: Sequence[Pair], now: datetime, sequence: int, report: ConsentReport) -> None:
    events = {event.event_id: event for event in (_event(person, row, now, sequence) for person, row in rows)}
    there = {event for (event,) in writer.rows("select event_id from consent_events where event_id in :ids", ids=list(events))}
    new = [vars(event) for event in events.values() if event.event_id not in there]
    writer.insert_new("consent_events", new)
    report.added += len(new)
    report.known_before += len(rows) - len(new)


def _event(person: Listener, row: ConsentRow, now: datetime, sequence: int) -> ConsentEvent:
    """The event of a row; the same row has the same id, so that a second import adds nothing."""
    said = (str(person.listener_id), row.purpose, row.state, row.valid_from.isoformat(), str(row.valid_until), str(row.method))
    try:
        return consents.event_of(
            person, row.purpose or "", row.state, method=row.method or "import", valid_from=row.valid_from,
            valid_until=row.valid_until, now=now, sequence=sequence, event_id=sha256("\x1f".join(map(str, said)).encode()).hexdigest()[:32],
        )  # fmt: skip
    except InputError as error:
        raise InputError(f"row {row.number}: {error}; nothing was changed") from None


def _add_restrictions(writer: Writer, rows: Sequence[Pair], report: ConsentReport) -> None:
    for _, row in rows:
        if row.state != RESTRICTED:
            raise InputError(f"row {row.number} has no purpose, which only the state {RESTRICTED!r} allows; nothing was changed")
    whom = [person.listener_id for person, _ in rows]
    there = {known for (known,) in writer.rows("select listener_id from restrictions where listener_id in :whom", whom=whom)}
    new = {
        person.listener_id: {"listener_id": person.listener_id, "since": row.valid_from, "case_id": row.method or "import"}
        for person, row in rows
        if person.listener_id not in there
    }
    writer.insert_new("restrictions", list(new.values()))
    report.restricted += len(new)
    report.known_before += len(rows) - len(new)

"""The append-only record of consents, and who has opened a purpose at an instant.

Clocks step, so no clock alone decides which word is the last. Events are numbered in the order in which they are recorded, and whoever
stands open does so by that order and by the dates of the events: a no that is later by either of them closes.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from typing import Any

from wrapped_assets.contracts.errors import InputError
from wrapped_assets.storage.later import sa, tables
from wrapped_assets.storage.reading import reading, utc_moment
from wrapped_assets.storage.registry import Listener
from wrapped_assets.storage.root import Root
from wrapped_assets.storage.standing import named
from wrapped_assets.storage.standing import standing as standing_of
from wrapped_assets.storage.writing import Writer, writing
from wrapped_assets.vocabulary.purposes import LAWFUL_BASES, STATES


@dataclass(frozen=True)
class Notice:
    """The text that a person was shown when asked, and the name of its version."""

    version: str
    text: str

    @property
    def sha256(self) -> str:
        return sha256(self.text.encode()).hexdigest()


@dataclass(frozen=True)
class ConsentEvent:
    """One event of a person's record, with the fields of ISO/IEC TS 27560; instants in UTC."""

    event_id: str
    listener_id: int
    purpose: str
    state: str
    lawful_basis: str
    notice_version: str
    notice_sha256: str
    method: str
    jurisdiction: str | None
    valid_from: datetime
    valid_until: datetime | None  # exclusive; None: until the next event
    recorded_at: datetime
    sequence: int  # grows in the order of recording; what is recorded together has one number


def record(root: Root, listener: Listener, purpose: str, state: str, **about: Any) -> ConsentEvent:
    """Appends `event_of` what was said, and returns it; nothing before it is ever changed."""
    before = "select max(valid_from) from consent_events where listener_id = :whom and purpose = :purpose"
    with writing(root) as writer:
        ((newest,),) = writer.rows(before, whom=listener.listener_id, purpose=purpose)
        event = event_of(listener, purpose, state, sequence=next_sequence(writer), after=newest and utc_moment(newest), **about)
        writer.insert_new("consent_events", [vars(event)])
    return event


def next_sequence(writer: Writer) -> int:
    """The number of what is recorded next."""
    ((newest,),) = writer.rows("select coalesce(max(sequence), 0) from consent_events")
    return newest + 1


def event_of(
    listener: Listener, purpose: str, state: str, *, method: str, notice: Notice | None = None,
    lawful_basis: str | None = None, valid_from: datetime | None = None, valid_until: datetime | None = None,
    now: datetime | None = None, event_id: str | None = None, sequence: int = 0, after: datetime | None = None,
) -> ConsentEvent:  # fmt: skip
    """What a listener said, as an event that is not on record yet.

    Without `valid_from` it is said now, and later than the event of the instant `after`, even where the clock was set back since. The
    notice is the purpose's meaning in plain words unless another was shown; the jurisdiction is where the listener lives. InputError for a
    purpose, state, basis or method that is none, and for a time that begins in the future or ends before it begins: a yes that
    is dated ahead would outlive a no that is said meanwhile.
    """
    known = named(purpose)
    now = now or datetime.now(UTC)
    begins = valid_from or (max(now, after + timedelta(microseconds=1)) if after else now)
    if state not in STATES:
        raise InputError(f"expected a state: {', '.join(STATES)}; got {state!r}")
    basis = lawful_basis or known.lawful_basis
    if basis not in LAWFUL_BASES or (known.lawful_basis == "consent" and basis != "consent"):
        raise InputError(f"expected the lawful basis {known.lawful_basis!r} of the purpose {purpose!r}, got {basis!r}")
    if not re.fullmatch(r"[a-z0-9][a-z0-9_-]{0,31}", method):
        raise InputError("expected the method as a word such as web_form or letter (small letters, digits, - and _, at most 32)")
    shown = notice or Notice("meaning", known.meaning)
    if not re.fullmatch(r"[\w.-]{1,64}", shown.version):
        raise InputError("expected the notice's version as a word of at most 64 letters, digits, dots, - and _")
    if any(instant is not None and instant.tzinfo is None for instant in (begins, valid_until, now)):
        raise InputError("expected instants with their offset from UTC, such as 2025-12-03T09:00:00Z")
    if valid_from is not None and begins > now:
        raise InputError("an event cannot start in the future: record it when it happens")
    if valid_until is not None and valid_until <= begins:
        raise InputError("an event must end after it starts: give a later end, or none")
    return ConsentEvent(
        event_id or secrets.token_hex(16), listener.listener_id, known.name, state, basis, shown.version, shown.sha256, method,
        listener.country, begins.astimezone(UTC), valid_until and valid_until.astimezone(UTC), now.astimezone(UTC),
        sequence,
    )  # fmt: skip


def history(root: Root, listener_id: int) -> list[ConsentEvent]:
    """Everything that is on record about a listener, oldest first; of one instant and purpose, what counts comes last."""
    table = tables.consent_events
    query = sa.select(table).where(table.c.listener_id == listener_id)
    with root.engine.connect() as connection:
        found = [ConsentEvent(**row._mapping) for row in connection.execute(query)]
    return sorted(found, key=_order)


def agreed_since(root: Root, listener_id: int, purpose: str) -> date | None:
    """The day of the last yes to a purpose (UTC); None where there is none."""
    given = [event.valid_from for event in history(root, listener_id) if event.purpose == purpose and event.state == "given"]
    return given[-1].date() if given else None


def _order(event: ConsentEvent) -> tuple[object, ...]:
    ends_soon = (event.valid_until is not None, -event.valid_until.timestamp() if event.valid_until else 0.0)
    return event.valid_from, event.purpose, -STATES.index(event.state), ends_soon, event.sequence, event.event_id


def standing(
    root: Root, purpose: str, at: datetime, whom: Collection[int] | None = None, connection: sa.Connection | None = None
) -> list[int]:
    """`standing.standing`, of a data root."""
    with reading(root, connection) as reader:
        return standing_of(reader, purpose, at, whom)

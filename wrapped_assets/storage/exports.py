"""The record of each export: state, hashes and, if it has rows about people, their listeners."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

import sqlalchemy as sa

from wrapped_assets.contracts.errors import InputError
from wrapped_assets.storage import tables
from wrapped_assets.storage.root import Root
from wrapped_assets.storage.transactions import exclusive

STATES = ("candidate", "staged", "cleared", "delivered", "refused", "withdrawn")
_DESTROYED = "destroyed-"  # in the place of a pseudonym that stands for nobody any more


@dataclass(frozen=True)
class ExportRecord:
    """One export. `sha256` is of the staged bytes; instants in UTC."""

    export_id: str
    name: str
    year: int | None
    state: str
    sha256: str | None
    policy_sha256: str | None
    snapshot_id: str | None
    recipient: str | None
    created_at: datetime
    cleared_at: datetime | None = None
    delivered_at: datetime | None = None
    expired_at: datetime | None = None  # when our copies were destroyed


def add_export(root: Root, record: ExportRecord) -> None:
    """Opens the record of a new export."""
    with root.engine.begin() as connection:
        connection.execute(sa.insert(tables.exports).values(**vars(record)))


def change_export(root: Root, export_id: str, **values: object) -> None:
    """Changes what is said of an export."""
    table = tables.exports
    with root.engine.begin() as connection:
        connection.execute(sa.update(table).where(table.c.export_id == export_id).values(**values))


def take_clearance_back(root: Root, export_id: str) -> None:
    """Makes a cleared export a staged one again; leaves every other as it is."""
    table = tables.exports
    with root.engine.begin() as connection:
        mine = (table.c.export_id == export_id) & (table.c.state == "cleared")
        connection.execute(sa.update(table).where(mine).values(state="staged", cleared_at=None))


def find_export(root: Root, export_id: str) -> ExportRecord:
    """The export of that id; InputError where there is none."""
    table = tables.exports
    with root.engine.connect() as connection:
        row = connection.execute(sa.select(table).where(table.c.export_id == export_id)).one_or_none()
    if row is None:
        raise InputError("no export with that id in this data root: `wrapped export` prints the id of a staged export")
    return ExportRecord(**row._mapping)


def all_exports(root: Root) -> list[ExportRecord]:
    """Every export that was ever begun, in the order of their ids."""
    with root.engine.connect() as connection:
        return [ExportRecord(**row._mapping) for row in connection.execute(sa.select(tables.exports).order_by(tables.exports.c.export_id))]


def exports_named(root: Root, name: str, year: int, recipient: str | None = None) -> list[ExportRecord]:
    """Every export of that name, year and recipient that was not refused or withdrawn, newest first."""
    table = tables.exports
    mine = (table.c.name == name) & (table.c.year == year) & table.c.state.in_(["staged", "cleared", "delivered"])
    theirs = table.c.recipient == recipient if recipient else table.c.recipient.is_(None)
    query = sa.select(table).where(mine & theirs).order_by(table.c.created_at.desc(), table.c.export_id)
    with root.engine.connect() as connection:
        return [ExportRecord(**row._mapping) for row in connection.execute(query)]


def deliver_export(root: Root, record: ExportRecord, at: datetime, *, instead: bool) -> list[str]:
    """Marks a cleared export as delivered; returns the ids of those that it makes void.

    With `instead` these are all that wait under its name, year and recipient: no second release may leave that was staged beside this
    one. InputError where the export is no longer cleared, because an erasure or another delivery came before.
    """
    table = tables.exports
    mine = table.c.export_id == record.export_id
    beside = (
        (table.c.name == record.name) & (table.c.year == record.year) & table.c.recipient.is_not_distinct_from(record.recipient)
        & table.c.state.in_(["candidate", "staged", "cleared"]) & ~mine
    )  # fmt: skip
    with exclusive(root.engine) as connection:
        changed = sa.update(table).where(mine & (table.c.state == "cleared")).values(state="delivered", delivered_at=at)
        if connection.execute(changed).rowcount != 1:
            raise InputError("the export is not cleared any more: another delivery or an erasure came before. Stage it again")
        void = list(connection.execute(sa.select(table.c.export_id).where(beside)).scalars()) if instead else []
        connection.execute(sa.update(table).where(table.c.export_id.in_(void)).values(state="withdrawn"))
    return void


def record_subjects(root: Root, export_id: str, pseudonyms: Mapping[int, str]) -> None:
    """Says whose rows an export has."""
    if pseudonyms:
        rows = [{"export_id": export_id, "listener_id": each, "pseudonym": name} for each, name in pseudonyms.items()]
        with root.engine.begin() as connection:
            connection.execute(sa.insert(tables.export_subjects), rows)


def subjects_of(root: Root, export_id: str) -> set[int]:
    """The listeners whose rows an export has; none where it has no rows of people."""
    table = tables.export_subjects
    with root.engine.connect() as connection:
        return set(connection.execute(sa.select(table.c.listener_id).where(table.c.export_id == export_id)).scalars())


def keep_key(root: Root, export_id: str, wrapped_key: bytes) -> None:
    """Stores the wrapped key of an export's pseudonyms."""
    with root.engine.begin() as connection:
        row = {"export_id": export_id, "wrapped_key": wrapped_key, "made_at": datetime.now(UTC)}
        connection.execute(sa.insert(tables.export_keys).values(**row))


def wrapped_key_of(root: Root, export_id: str) -> bytes | None:
    """The wrapped key of an export's pseudonyms; None where it has none, or no more."""
    table = tables.export_keys
    with root.engine.connect() as connection:
        return connection.execute(sa.select(table.c.wrapped_key).where(table.c.export_id == export_id)).scalar_one_or_none()


def forget_pseudonyms(root: Root, export_id: str) -> bool:
    """Destroys the key, and what stands beside it: what the pseudonyms stood for cannot be found again. Whether there were any.

    Whose rows an export had stays known, for they may ask who got them.
    """
    keys, subjects = tables.export_keys, tables.export_subjects
    with root.engine.begin() as connection:
        live = keys.c.wrapped_key.is_not(None)
        gone = {"wrapped_key": None, "destroyed_at": datetime.now(UTC)}
        count = connection.execute(sa.update(keys).where((keys.c.export_id == export_id) & live).values(**gone)).rowcount
        known = ~subjects.c.pseudonym.startswith(_DESTROYED)
        mine = connection.execute(sa.select(subjects.c.listener_id).where((subjects.c.export_id == export_id) & known)).scalars().all()
        for listener_id in mine:
            place = (subjects.c.export_id == export_id) & (subjects.c.listener_id == listener_id)
            connection.execute(sa.update(subjects).where(place).values(pseudonym=f"{_DESTROYED}{secrets.token_hex(16)}"))
    return bool(count or mine)

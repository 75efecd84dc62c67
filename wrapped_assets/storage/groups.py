"""Groups of listeners who share a story; only members who agreed are visible."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

import polars as pl
import sqlalchemy as sa

from wrapped_assets.contracts.errors import InputError
from wrapped_assets.storage import consents, tables
from wrapped_assets.storage.people import member_rows
from wrapped_assets.storage.reading import reading
from wrapped_assets.storage.registry import Listener, find_listener
from wrapped_assets.storage.root import Root
from wrapped_assets.vocabulary import columns as c

SCHEMA = {column.name: column.dtype for column in (c.group_id, c.listener_id)}


@dataclass(frozen=True)
class Group:
    """A group, its members by name, and how many of those did not agree to be told with it."""

    group_id: int
    name: str
    members: tuple[Listener, ...]
    silent_count: int


def set_group(root: Root, name: str, listeners: Iterable[str]) -> Group:
    """Makes a group of these listeners, or changes whom it has; InputError for an unknown listener or fewer than two."""
    members = sorted({find_listener(root, listener).listener_id for listener in listeners})
    if len(members) < 2:
        raise InputError("a group needs at least two listeners: give --listener for each")
    group_id = root.surrogate(f"group\x1f{name}")
    with root.engine.begin() as connection:
        connection.execute(sa.delete(tables.group_members).where(tables.group_members.c.group_id == group_id))
        connection.execute(sa.delete(tables.groups).where(tables.groups.c.group_id == group_id))
        connection.execute(sa.insert(tables.groups).values(group_id=group_id, name=name))
        connection.execute(sa.insert(tables.group_members), [{"group_id": group_id, "listener_id": each} for each in members])
    return find_group(root, name)


def find_group(root: Root, name: str) -> Group:
    """The group of that name, with the members who agreed; InputError where there is none (it never lists who there is)."""
    members = tables.group_members
    with root.engine.connect() as connection:
        group_id = connection.execute(sa.select(tables.groups.c.group_id).where(tables.groups.c.name == name)).scalar_one_or_none()
        if group_id is None:
            raise InputError("no group of that name in this data root: make one with `wrapped group set NAME --listener A --listener B`")
        people = sa.select(tables.listeners).join(members, members.c.listener_id == tables.listeners.c.listener_id)
        rows = connection.execute(people.where(members.c.group_id == group_id).order_by(tables.listeners.c.name)).all()
    agreed = set(consents.standing(root, "group", datetime.now(UTC)))
    shown = tuple(Listener(**row._mapping) for row in rows if row.listener_id in agreed)
    return Group(group_id, name, shown, len(rows) - len(shown))


def members_frame(root: Root, connection: sa.Connection | None = None) -> pl.DataFrame:
    """SCHEMA: the members of every group who agreed to be told with it, ordered."""
    with reading(root, connection) as reader:
        return pl.DataFrame(member_rows(reader), schema=SCHEMA, orient="row")

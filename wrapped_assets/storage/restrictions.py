"""Restrictions of processing, which close every purpose of a listener regardless of earlier consents."""

from __future__ import annotations

from datetime import UTC, datetime

import sqlalchemy as sa

from wrapped_assets.storage import tables
from wrapped_assets.storage.database import insert_new
from wrapped_assets.storage.root import Root


def restrict(root: Root, listener_id: int, case_id: str, since: datetime | None = None) -> None:
    """Takes a listener out of every purpose at once; does nothing where another case did so before."""
    with root.engine.begin() as connection:
        row = {"listener_id": listener_id, "since": since or datetime.now(UTC), "case_id": case_id}
        insert_new(connection, tables.restrictions, [row])


def lift(root: Root, listener_id: int) -> bool:
    """Ends a restriction; what was agreed to before stands again. False where there was none."""
    table = tables.restrictions
    with root.engine.begin() as connection:
        return connection.execute(sa.delete(table).where(table.c.listener_id == listener_id)).rowcount > 0


def restriction_of(root: Root, listener_id: int) -> datetime | None:
    """Since when a listener is restricted; None for one who is not."""
    table = tables.restrictions
    with root.engine.connect() as connection:
        return connection.execute(sa.select(table.c.since).where(table.c.listener_id == listener_id)).scalar_one_or_none()


def restricted(root: Root) -> list[int]:
    """Every restricted listener, by surrogate, ascending."""
    table = tables.restrictions
    with root.engine.connect() as connection:
        return list(connection.execute(sa.select(table.c.listener_id).order_by(table.c.listener_id)).scalars())

"""Excluded genres, kept as the artists and recordings that a catalogue counted under them when the listener asked."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa

from wrapped_assets.storage import tables
from wrapped_assets.storage.database import insert_new
from wrapped_assets.storage.registry import Listener
from wrapped_assets.storage.root import Root

PREFIX = "genre: "


def exclude_genre(root: Root, listener: Listener, genre: str, targets: Sequence[tuple[str, int]]) -> None:
    """Excludes the (kind, id) of a genre, in place of what the genre held before; what was excluded by name stays so."""
    table, mine = tables.exclusions, tables.exclusions.c.listener_id == listener.listener_id
    with root.engine.begin() as connection:
        connection.execute(sa.delete(table).where(mine, table.c.label == PREFIX + genre))
        there = {(row.kind, row.target_id) for row in connection.execute(sa.select(table.c.kind, table.c.target_id).where(mine))}
        rows = [
            {"listener_id": listener.listener_id, "kind": kind, "target_id": target_id, "label": PREFIX + genre}
            for kind, target_id in targets
            if (kind, target_id) not in there
        ]
        if rows:
            insert_new(connection, table, rows)


def include_genre(root: Root, listener: Listener, genre: str) -> bool:
    """Takes a genre's exclusion back; false where there was none."""
    table = tables.exclusions
    key = (table.c.listener_id == listener.listener_id) & (table.c.label == PREFIX + genre)
    with root.engine.begin() as connection:
        return connection.execute(sa.delete(table).where(key)).rowcount > 0

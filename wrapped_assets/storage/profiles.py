"""What figures about many people may know of listeners, and what those agreed to."""

from __future__ import annotations

from collections.abc import Collection
from datetime import UTC, datetime

import polars as pl
import sqlalchemy as sa

from wrapped_assets.storage import consents, tables
from wrapped_assets.storage.root import Root
from wrapped_assets.storage.transactions import rows_of, snapshot
from wrapped_assets.vocabulary import columns as c

SCHEMA = {column.name: column.dtype for column in (c.listener_id, c.country, c.birth_year, c.place_name, c.is_findable)}


def profiles_frame(root: Root, whom: Collection[int] | None = None, connection: sa.Connection | None = None) -> pl.DataFrame:
    """SCHEMA of some listeners, or of all, ordered by surrogate; null where the registry does not know.

    Findable is who agreed to it and is not restricted.
    """
    table = tables.listeners
    columns = (table.c.listener_id, table.c.country, table.c.birth_year, table.c.place)
    with snapshot(root.engine, connection) as reader:
        rows = rows_of(reader, sa.select(*columns).order_by(table.c.listener_id), table.c.listener_id, whom)
        findable = set(consents.standing(root, "be_found", datetime.now(UTC), whom, reader))
    return pl.DataFrame([(*row, row.listener_id in findable) for row in rows], schema=SCHEMA, orient="row")

"""The profiles that figures about many people may use, limited to what the listeners agreed to."""

from __future__ import annotations

from collections.abc import Collection
from datetime import UTC, datetime

import polars as pl
import sqlalchemy as sa

from wrapped_assets.storage import consents, tables
from wrapped_assets.storage.root import Root
from wrapped_assets.storage.transactions import rows_of, snapshot
from wrapped_assets.vocabulary import columns as c

SCHEMA = {column.name: column.dtype for column in c.PROFILE}
_PURPOSES = ("be_found", "recommend", "share_plays")  # as is_findable, is_recommending and is_sharing


def profiles_frame(root: Root, whom: Collection[int] | None = None, connection: sa.Connection | None = None) -> pl.DataFrame:
    """SCHEMA of some listeners, or of all, ordered by surrogate; null where the registry does not know.

    Findable, recommending and sharing is who agreed to it and is not restricted.
    """
    table = tables.listeners
    columns = (table.c.listener_id, table.c.country, table.c.birth_year, table.c.place)
    with snapshot(root.engine, connection) as reader:
        rows = rows_of(reader, sa.select(*columns).order_by(table.c.listener_id), table.c.listener_id, whom)
        agreed = [set(consents.standing(root, purpose, datetime.now(UTC), whom, reader)) for purpose in _PURPOSES]
    return pl.DataFrame([(*row, *(row.listener_id in who for who in agreed)) for row in rows], schema=SCHEMA, orient="row")

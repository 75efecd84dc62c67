"""The profiles that figures about many people may use, limited to what the listeners agreed to, as a frame."""

from __future__ import annotations

from collections.abc import Collection

import polars as pl

from wrapped_assets.storage.later import sa
from wrapped_assets.storage.people import profile_rows
from wrapped_assets.storage.reading import reading
from wrapped_assets.storage.root import Root
from wrapped_assets.vocabulary import columns as c

SCHEMA = {column.name: column.dtype for column in c.PROFILE}


def profiles_frame(root: Root, whom: Collection[int] | None = None, connection: sa.Connection | None = None) -> pl.DataFrame:
    """SCHEMA of some listeners, or of all, ordered by surrogate; null where the registry does not know.

    Findable, recommending and sharing is who agreed to it and is not restricted.
    """
    with reading(root, connection) as reader:
        some = [pl.DataFrame(rows, schema=SCHEMA, orient="row") for rows in profile_rows(reader, whom)]
    return pl.concat([pl.DataFrame(schema=SCHEMA), *some], rechunk=True)

"""The ids by which an asset of a bucket looks up rows of the catalogue, from what it reads beside."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import polars as pl

from wrapped_assets.contracts.asset import LookUp
from wrapped_assets.contracts.known import LOOKED_UP
from wrapped_assets.kernels.music_ids import key_of


def ids_wanted(lookups: Iterable[LookUp], input_of: Callable[[str], pl.DataFrame | pl.LazyFrame]) -> dict[str, pl.Series]:
    """Column of ids → those that are wanted. `input_of` gives the input of a name."""
    found: dict[str, list[pl.Series]] = {}
    for one in lookups:
        column, authority = LOOKED_UP[one.table][one.column]
        values = input_of(one.source).lazy().select(pl.col(one.source_column).alias("id"))
        if isinstance(values.collect_schema()["id"], pl.List):
            values = values.explode("id", empty_as_null=True)
        ids = values.unique().drop_nulls()
        if authority:
            ids = ids.select(id=key_of(*authority, pl.col("id")))
        found.setdefault(column, []).append(ids.collect(engine="in-memory")["id"])
    return {column: pl.concat(parts) for column, parts in found.items()}

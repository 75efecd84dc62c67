"""Counts rows by an id and a slot, which is one of few: an hour of the day, an hour of the week."""

from __future__ import annotations

import numpy as np
import polars as pl

from wrapped_assets.acceleration import can_run, run
from wrapped_assets.kernels.engines import engine_for
from wrapped_assets.kernels.grouping import has_nulls
from wrapped_assets.kernels.inside.best import dense_codes

MOST_PLACES = 16  # of the table of ids by slots, for each row: 128 bytes


def counts_by_slot(rows: pl.LazyFrame, by: str, slot: pl.Expr, slots: int) -> pl.LazyFrame:
    """Returns one row per id `by` and slot that has rows: `by`, `slot` and listen_count; many rows come in this order.

    `slot` gives a whole number from 0 to `slots` - 1 for each row.
    """

    def counts(frame: pl.DataFrame) -> pl.DataFrame:
        if not can_run(frame.height) or has_nulls(frame):
            return counts_by_slot_reference(frame.lazy(), by).collect(engine=engine_for(frame.height))
        keys, places = frame[by].to_numpy(), frame["slot"].to_numpy()
        codes = run(dense_codes, keys)
        size = int(codes.max()) + 1
        if size * slots > MOST_PLACES * frame.height:
            return counts_by_slot_reference(frame.lazy(), by).collect(engine=engine_for(frame.height))
        ids = np.zeros(size, np.int64)
        ids[codes] = keys
        in_order, rank = np.argsort(ids), np.zeros(size, np.int64)
        rank[in_order], ids = np.arange(size), ids[in_order]
        table = np.bincount(rank[codes] * slots + places, minlength=size * slots)
        filled = np.flatnonzero(table)
        return pl.DataFrame({by: ids[filled // slots], "slot": (filled % slots).astype(np.int16), "listen_count": table[filled]})

    chosen = rows.select(by, slot=slot.cast(pl.Int16))
    schema = {by: pl.Int64(), "slot": pl.Int16(), "listen_count": pl.Int64()}
    return chosen.map_batches(counts, schema=schema, predicate_pushdown=False, projection_pushdown=False)


def counts_by_slot_reference(rows: pl.LazyFrame, by: str) -> pl.LazyFrame:
    """The same by Polars, of rows with a `slot`."""
    return rows.group_by(by, "slot").agg(listen_count=pl.len().cast(pl.Int64))

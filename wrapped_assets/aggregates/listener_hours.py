"""Counts each listener's listens by hour of the week."""

from __future__ import annotations

import polars as pl

from wrapped_assets.contracts.declaration import declare
from wrapped_assets.vocabulary import columns as c
from wrapped_assets.vocabulary.periods import Month


@declare(
    layer="aggregates",
    kind="month_bucket",
    grain=[c.listener_id, c.local_weekday, c.local_hour, c.month],
    columns=[c.listen_count],
    reads={"listens": [c.listener_id, c.local_date, c.local_hour]},
)
def listener_hours(listens: pl.LazyFrame, month: Month) -> pl.LazyFrame:
    """One hour of the local week of one listener in one month; hours without a listen have no row."""
    return (
        listens.group_by("listener_id", pl.col("local_date").dt.weekday().alias("local_weekday"), "local_hour")
        .agg(listen_count=pl.len().cast(pl.Int64))
        .with_columns(month=pl.lit(str(month)))
    )

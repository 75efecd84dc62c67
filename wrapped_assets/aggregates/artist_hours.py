"""Counts the listens to each artist by hour of work days and weekends."""

from __future__ import annotations

import polars as pl

from wrapped_assets.contracts.declaration import declare
from wrapped_assets.vocabulary import columns as c
from wrapped_assets.vocabulary.periods import Month


@declare(
    layer="aggregates",
    kind="month_bucket",
    grain=[c.artist_id, c.is_weekend, c.local_hour, c.month],
    columns=[c.listen_count],
    reads={
        "listens": [c.artist_credit_id, c.local_date, c.local_hour],
        "artist_credits": [c.artist_credit_id, c.artist_id],
    },
)
def artist_hours(listens: pl.LazyFrame, artist_credits: pl.LazyFrame, month: Month) -> pl.LazyFrame:
    """One hour of work days or weekends of one artist in a month, over the bucket's listeners.

    Each credited artist gets the full listen.
    """
    hour = [(pl.col("local_date").dt.weekday() >= 6).alias("is_weekend"), pl.col("local_hour")]
    by_credit = listens.group_by("artist_credit_id", *hour).agg(listen_count=pl.len().cast(pl.Int64))
    credited = by_credit.join(artist_credits, on="artist_credit_id").group_by("artist_id", "is_weekend", "local_hour")
    return credited.agg(pl.col("listen_count").sum()).with_columns(month=pl.lit(str(month)))

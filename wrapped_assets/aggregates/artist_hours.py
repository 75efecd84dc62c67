"""Counts the listens to each artist by hour of work days and weekends."""

from __future__ import annotations

import polars as pl

from wrapped_assets.contracts.declaration import declare
from wrapped_assets.kernels.slots import counts_by_slot
from wrapped_assets.vocabulary import columns as c


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
def artist_hours(listens: pl.LazyFrame, artist_credits: pl.LazyFrame) -> pl.LazyFrame:
    """One hour of work days or weekends of one artist in a month, over the bucket's listeners.

    Each credited artist gets the full listen.

    No ties: nothing is ranked.

    Example: `is_weekend` true, `local_hour` 23, `listen_count` 120: 120 listens between eleven and midnight on the month's weekends.
    """
    is_weekend = pl.col("local_date").dt.weekday() >= 6
    credited = listens.join(artist_credits, on="artist_credit_id")
    counted = counts_by_slot(credited, "artist_id", is_weekend.cast(pl.Int16) * 24 + pl.col("local_hour"), 48)
    hour = {"is_weekend": pl.col("slot") >= 24, "local_hour": (pl.col("slot") % 24).cast(pl.Int8)}
    return counted.select("artist_id", **hour, listen_count="listen_count")

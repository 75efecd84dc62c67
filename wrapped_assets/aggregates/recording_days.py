"""Counts the listens to each recording by local day."""

from __future__ import annotations

import polars as pl

from wrapped_assets.contracts.declaration import declare
from wrapped_assets.kernels.months import counts_by_day
from wrapped_assets.vocabulary import columns as c


@declare(
    layer="aggregates",
    kind="month_bucket",
    grain=[c.artist_id, c.recording_id, c.local_date],
    columns=[c.listen_count],
    reads={
        "listens": [c.recording_id, c.artist_credit_id, c.local_date],
        "artist_credits": [c.artist_credit_id, c.artist_position, c.artist_id],
    },
)
def recording_days(listens: pl.LazyFrame, artist_credits: pl.LazyFrame) -> pl.LazyFrame:
    """One local day of one recording, with its primary artist, over the bucket's listeners.

    No ties: nothing is ranked.

    Example: `local_date` 2025-02-14, `listen_count` 31: 31 listens to the recording on Valentine's Day.
    """
    primary = artist_credits.filter(pl.col("artist_position") == 0).select("artist_credit_id", "artist_id")
    return counts_by_day(listens.join(primary, on="artist_credit_id"), ["artist_id", "recording_id"])

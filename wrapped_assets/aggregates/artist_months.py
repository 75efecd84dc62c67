"""Counts each listener's listens to each artist in a month."""

from __future__ import annotations

import polars as pl

from wrapped_assets.contracts.declaration import declare
from wrapped_assets.kernels.months import figures_of_month
from wrapped_assets.vocabulary import columns as c
from wrapped_assets.vocabulary.outcomes import COUNTED


@declare(
    layer="aggregates",
    kind="month_bucket",
    grain=[c.listener_id, c.artist_id, c.month],
    columns=[c.listen_count, c.ms_played, c.first_listened_at, c.first_heard_at, c.first_heard_date, c.last_heard_date, c.day_mask],
    reads={
        "plays": [c.listener_id, c.artist_credit_id, c.listened_at, c.local_date, c.ms_played, c.outcome_code, c.is_listen],
        "artist_credits": [c.artist_credit_id, c.artist_id],
    },
)
def artist_months(plays: pl.LazyFrame, artist_credits: pl.LazyFrame) -> pl.LazyFrame:
    """One artist of one listener in one month; each credited artist gets the full listen.

    Bit d of `day_mask` is set if day d + 1 of the month has a listen.

    No ties: nothing is ranked.

    Example: `month` 2025-03, `listen_count` 4, `day_mask` 17: four listens to the artist, on the first and the fifth of March.
    """
    listens = plays.filter("is_listen").drop("is_listen")
    credited = listens.join(artist_credits, on="artist_credit_id", how="inner", maintain_order="left")
    return figures_of_month(credited, "artist_id", pl.col("outcome_code") == COUNTED)

"""Counts each listener's listens to each recording in a month."""

from __future__ import annotations

import polars as pl

from wrapped_assets.contracts.declaration import declare
from wrapped_assets.kernels.months import figures_of_month
from wrapped_assets.vocabulary import columns as c
from wrapped_assets.vocabulary.outcomes import COUNTED


@declare(
    layer="aggregates",
    kind="month_bucket",
    grain=[c.listener_id, c.recording_id, c.month],
    columns=[
        c.artist_id, c.listen_count, c.ms_played, c.first_listened_at, c.first_heard_at, c.first_heard_date, c.active_day_count,
        c.best_local_date, c.best_day_listen_count, c.best_day_first_listened_at,
    ],
    reads={
        "plays": [
            c.listener_id, c.recording_id, c.artist_credit_id, c.listened_at, c.local_date, c.ms_played, c.outcome_code, c.is_listen,
        ],
        "artist_credits": [c.artist_credit_id, c.artist_position, c.artist_id],
    },
)  # fmt: skip
def recording_months(plays: pl.LazyFrame, artist_credits: pl.LazyFrame) -> pl.LazyFrame:
    """One recording of one listener in one month: listens inside the window, and its first time in the whole month.

    The artist is the primary one. The best day is the day with most listens; a tie goes to the earlier day. A recording heard only
    outside the window has a row with 0 listens.

    Example: `listen_count` 9, `best_local_date` 2025-03-05, `best_day_listen_count` 4: nine listens in the month, four of them on 5 March.
    """
    # Credits of one recording may list featured artists in different orders; the primary artist is part of the recording's identity.
    credit = plays.filter("is_listen").group_by("recording_id").agg(pl.col("artist_credit_id").min())
    primary = artist_credits.filter(pl.col("artist_position") == 0).select("artist_credit_id", "artist_id")
    artist = credit.join(primary, on="artist_credit_id", how="inner").select("recording_id", "artist_id")
    figures = figures_of_month(plays.filter("is_listen"), "recording_id", pl.col("outcome_code") == COUNTED)
    return figures.join(artist, on="recording_id", how="left", maintain_order="left")

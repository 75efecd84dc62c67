"""Sums up each listener's local days."""

from __future__ import annotations

import polars as pl

from wrapped_assets.contracts.declaration import declare
from wrapped_assets.kernels.grouping import grouped
from wrapped_assets.kernels.months import songs_of_days
from wrapped_assets.vocabulary import columns as c
from wrapped_assets.vocabulary.outcomes import COUNTED, IN_MINUTES
from wrapped_assets.vocabulary.rules import DeclaredRules


@declare(
    layer="aggregates",
    kind="month_bucket",
    grain=[c.listener_id, c.local_date],
    columns=[c.play_count, c.listen_count, c.ms_played, c.recording_count, c.first_listened_at, c.first_recording_id, c.top_recording_id],
    reads={
        "listens": [c.listener_id, c.local_date, c.listened_at, c.recording_id, c.ms_played],
        "plays": [c.listener_id, c.local_date, c.ms_played, c.outcome_code],
    },
    rules=["minutes_minimum_ms"],
)
def listener_days(listens: pl.LazyFrame, plays: pl.LazyFrame, rules: DeclaredRules) -> pl.LazyFrame:
    """One local day of one listener; plays include short and private plays, listens and recordings do not.

    Time is that of all listens, and of other plays at least as long as the rule `minutes_minimum_ms`. A tie for the day's first
    recording (the same instant) goes to the smaller id. A tie for the top recording goes to the one played longer, then to the one
    heard first, then to the smaller id.

    Example: `play_count` 12, `listen_count` 9, `recording_count` 7: twelve plays on the day, nine of which count, of seven recordings.
    """
    day = ["listener_id", "local_date"]
    in_time = (pl.col("outcome_code") == COUNTED) | (pl.col("ms_played") >= rules.minutes_minimum_ms)
    played = plays.filter(pl.col("outcome_code").is_in(IN_MINUTES)).select(*day, ms_played=pl.col("ms_played") * in_time)
    return (
        grouped(played, day, sums=["ms_played"], count="play_count")
        .join(songs_of_days(listens), on=day, how="left", maintain_order="left")
        .with_columns(pl.col("listen_count", "recording_count").fill_null(0))
    )

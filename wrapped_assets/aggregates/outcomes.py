"""Counts each listener's plays by outcome: counted, or the reason why not."""

from __future__ import annotations

import polars as pl

from wrapped_assets.contracts.declaration import declare
from wrapped_assets.vocabulary import columns as c


@declare(
    layer="aggregates",
    kind="month_bucket",
    grain=[c.listener_id, c.outcome_code, c.month],
    columns=[c.play_count, c.ms_played, c.duplicate_count, c.unknown_length_count, c.skip_known_count, c.skip_count],
    reads={"plays": [c.listener_id, c.outcome_code, c.ms_played, c.duplicate_count, c.is_length_known, c.is_skipped]},
)
def outcomes(plays: pl.LazyFrame) -> pl.LazyFrame:
    """One outcome of one listener's plays in a month: the number of plays, their time, and the dropped duplicates.

    No ties: nothing is ranked.

    Example: the outcome for short plays, `play_count` 7, `skip_count` 5: seven plays of the month were too short, five of them skipped.
    """
    return plays.group_by("listener_id", "outcome_code").agg(
        play_count=pl.len().cast(pl.Int64),
        ms_played=pl.col("ms_played").sum(),
        duplicate_count=pl.col("duplicate_count").sum(),
        unknown_length_count=(~pl.col("is_length_known")).sum().cast(pl.Int64),
        skip_known_count=pl.col("is_skipped").is_not_null().sum().cast(pl.Int64),
        skip_count=pl.col("is_skipped").sum().cast(pl.Int64),
    )

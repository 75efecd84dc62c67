"""Groups each listener's plays into listening sessions."""

from __future__ import annotations

from datetime import timedelta

import polars as pl

from wrapped_assets.contracts.declaration import declare
from wrapped_assets.kernels.runs import joined_intervals
from wrapped_assets.vocabulary import columns as c
from wrapped_assets.vocabulary.outcomes import COUNTED, TOO_SHORT

SESSION_GAP = timedelta(minutes=20)


@declare(
    layer="aggregates",
    kind="month_bucket",
    grain=[c.listener_id, c.session_started_at],
    columns=[c.session_ended_at, c.play_count, c.listen_count, c.ms_played],
    reads={"plays": [c.listener_id, c.listened_at, c.ms_played, c.outcome_code]},
)
def sessions(plays: pl.LazyFrame) -> pl.LazyFrame:
    """One session of one listener inside the month: plays with gaps of at most 20 minutes, from one's end to the next one's start.

    Skips belong to a session; private plays do not. A session over midnight at the month's end has a part in each month; the year
    joins them.

    No ties: nothing is ranked.

    Example: from 20:00 to 21:10, `play_count` 18, `listen_count` 15: 70 minutes without a longer gap, three of the plays too short to
    count.
    """
    start = pl.col("listened_at")
    return joined_intervals(
        plays.filter(pl.col("outcome_code").is_in((COUNTED, TOO_SHORT))).select(
            "listener_id", "ms_played",
            session_started_at=start, session_ended_at=start + pl.duration(milliseconds="ms_played"),
            play_count=pl.lit(1, pl.Int64), listen_count=(pl.col("outcome_code") == COUNTED).cast(pl.Int64),
        ),
        "listener_id", "session_started_at", "session_ended_at", SESSION_GAP, sums=["play_count", "listen_count", "ms_played"],
    )  # fmt: skip

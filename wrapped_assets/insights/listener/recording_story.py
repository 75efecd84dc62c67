"""Follows a listener's top recording from its first listen."""

from datetime import date

import polars as pl

from wrapped_assets.contracts.declaration import Example
from wrapped_assets.contracts.kinds import insight
from wrapped_assets.kernels.ranking import first_per
from wrapped_assets.vocabulary import columns as c


@insight(
    chapter="music",
    grain=[c.listener_id],
    columns=[
        c.recording_id, c.listen_count, c.active_day_count, c.first_heard_at, c.best_local_date, c.best_day_listen_count, c.history_since,
    ],
    reads={
        "top_recordings": [c.listener_id, c.recording_rank, c.recording_id, c.listen_count],
        "recording_months": [
            c.listener_id, c.recording_id, c.active_day_count, c.first_heard_at, c.best_local_date, c.best_day_listen_count,
        ],
        "recording_history": ([c.listener_id, c.recording_id, c.first_heard_at], "latest_year_before"),
        "discoveries": [c.listener_id, c.history_since],
    },
    headline="{recording}, {best_day_listen_count} times on {best_local_date} alone.",
    examples=[
        Example(
            given={"ana": "2025-07-01 eple, 2026-03-01 eple so_here, 2026-04-02 eple*3"},
            expect=[
                {
                    "listener_id": "ana", "recording_id": "eple", "listen_count": 4, "active_day_count": 2,
                    "first_heard_at": "2025-07-01T12:00:00Z", "best_local_date": date(2026, 4, 2), "best_day_listen_count": 3,
                }
            ],
        ),
    ],
)  # fmt: skip
def recording_story(
    top_recordings: pl.LazyFrame, recording_months: pl.LazyFrame, recording_history: pl.LazyFrame, discoveries: pl.LazyFrame
) -> pl.LazyFrame:
    """A listener's top recording: its first known listen since `history_since`, its listens, its days and its best day.

    A tie for the best day goes to the earlier day. A tie for the top recording is broken as in `top_recordings`.
    """
    recording = ["listener_id", "recording_id"]
    top = top_recordings.filter(pl.col("recording_rank") == 1).select(*recording, "listen_count")
    months = recording_months.join(top, on=recording, how="semi")
    before = recording_history.join(top, on=recording, how="semi")
    ever = pl.concat([part.select("listener_id", "first_heard_at") for part in (months, before)])
    best = first_per(months.filter(pl.col("best_day_listen_count") > 0), "listener_id", order=["-best_day_listen_count", "best_local_date"])
    return (
        top.join(best.select("listener_id", "best_local_date", "best_day_listen_count"), on="listener_id")
        .join(months.group_by("listener_id").agg(pl.col("active_day_count").sum()), on="listener_id")
        .join(ever.group_by("listener_id").agg(pl.col("first_heard_at").min()), on="listener_id")
        .join(discoveries, on="listener_id", how="left")
    )

"""Counts the listens of an artist's top recording by week."""

from datetime import date, timedelta

import polars as pl

from wrapped_assets.contracts.declaration import Example
from wrapped_assets.contracts.kinds import artist_insight
from wrapped_assets.kernels.grids import zero_filled
from wrapped_assets.vocabulary import columns as c
from wrapped_assets.vocabulary.rules import DeclaredRules


@artist_insight(
    chapter="music",
    grain=[c.artist_id, c.week_date],
    columns=[c.recording_id, c.listen_count],
    reads={
        "artist_recordings": [c.artist_id, c.artist_recording_rank, c.recording_id, c.listener_count],
        "recording_days": [c.artist_id, c.recording_id, c.local_date, c.listen_count],
    },
    rules=["window_start", "window_end"],
    headline="{recording}, week by week.",
    examples=[
        Example(
            given={f"fan {n}": "2026-01-02 eple/royksopp, 2026-01-13 eple/royksopp*2" for n in range(20)},
            expect=[
                {"artist_id": "royksopp", "week_date": date(2025, 12, 29), "recording_id": "eple", "listen_count": 20},
                {"artist_id": "royksopp", "week_date": date(2026, 1, 5), "recording_id": "eple", "listen_count": 0},
                {"artist_id": "royksopp", "week_date": date(2026, 1, 12), "recording_id": "eple", "listen_count": 40},
                ...,
            ],
        ),
    ],
)
def journey_weeks(artist_recordings: pl.LazyFrame, recording_days: pl.LazyFrame, rules: DeclaredRules) -> pl.LazyFrame:
    """A local week (Monday to Sunday) of an artist's top recording over all listeners; weeks without a listen are included.

    A week that crosses the window's edge has only the days inside. A tie for the top recording is broken as in `artist_recordings`.
    """
    recording = ["artist_id", "recording_id"]
    first, last = (day - timedelta(days=day.weekday()) for day in (rules.window_start, rules.window_end))
    top = artist_recordings.filter(pl.col("artist_recording_rank") == 1)
    days = recording_days.join(top, on=recording, how="semi").with_columns(week_date=pl.col("local_date").dt.truncate("1w"))
    weeks = days.group_by(*recording, "week_date").agg(pl.col("listen_count").sum())
    every_week = zero_filled(weeks, recording, {"week_date": pl.date_range(first, last, "1w", eager=True)})
    return every_week.join(top.select(*recording, "listener_count"), on=recording)

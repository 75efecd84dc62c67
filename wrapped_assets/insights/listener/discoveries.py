"""Counts what was new to a listener this year."""

from datetime import date

import polars as pl

from wrapped_assets.contracts.declaration import Example
from wrapped_assets.contracts.kinds import insight
from wrapped_assets.kernels.ranking import first_per
from wrapped_assets.vocabulary import columns as c
from wrapped_assets.vocabulary.rules import DeclaredRules


@insight(
    chapter="discovery",
    grain=[c.listener_id],
    columns=[
        c.new_artist_count, c.new_recording_count, c.biggest_discovery_date, c.biggest_discovery_count, c.history_since, c.is_first_year,
    ],
    reads={
        "new_recordings": [c.listener_id, c.first_heard_date], "new_artists": [c.listener_id],
        "recording_years": [c.listener_id, c.first_listened_at, c.first_heard_at, c.first_heard_date],
        "recording_history": ([c.listener_id, c.first_heard_at], "latest_year_before"),
    },
    rules=["window_start"],
    headline="{new_artist_count} artists were new to you.",
    examples=[
        Example(
            given={"ana": "2025-07-01 eple/royksopp, 2026-03-01 eple/royksopp walk/royksopp night/bo, 2026-03-02 so_here/bo"},
            expect=[{"listener_id": "ana", "new_artist_count": 1, "new_recording_count": 3, "is_first_year": False,
                     "biggest_discovery_date": date(2026, 3, 1), "biggest_discovery_count": 2}],
        ),
    ],
)  # fmt: skip
def discoveries(
    new_recordings: pl.LazyFrame, new_artists: pl.LazyFrame, recording_years: pl.LazyFrame, recording_history: pl.LazyFrame,
    rules: DeclaredRules,
) -> pl.LazyFrame:
    """How many artists and recordings a listener first heard inside the window, and the day with most first-heard recordings.

    History is known since `history_since`; in a first year everything counts as new. Music first heard this year but outside the window
    is not new. A tie goes to the earlier day.
    """
    songs = new_recordings.group_by("listener_id").agg(new_recording_count=pl.len())
    artists = new_artists.group_by("listener_id").agg(new_artist_count=pl.len())
    days = new_recordings.group_by("listener_id", biggest_discovery_date="first_heard_date").agg(biggest_discovery_count=pl.len())
    past = recording_history.with_columns(_is_before=pl.lit(value=True))
    year = recording_years.with_columns(_is_before=pl.col("first_heard_date") < rules.window_start)
    known = pl.concat([frame.select("listener_id", "first_heard_at", "_is_before") for frame in (past, year)]).group_by("listener_id")
    since = known.agg(history_since=pl.col("first_heard_at").min(), is_first_year=~pl.col("_is_before").any())
    counts = pl.col("new_artist_count", "new_recording_count", "biggest_discovery_count")
    return (
        recording_years.filter(pl.col("first_listened_at").is_not_null()).select("listener_id").unique()
        .join(songs, on="listener_id", how="left")
        .join(artists, on="listener_id", how="left")
        .join(first_per(days, "listener_id", order=["-biggest_discovery_count", "biggest_discovery_date"]), on="listener_id", how="left")
        .join(since, on="listener_id")
        .with_columns(counts.fill_null(0))
    )  # fmt: skip

"""How much was new to a listener this year."""

from datetime import date

import polars as pl

from wrapped_assets.contracts.declaration import Example
from wrapped_assets.contracts.kinds import insight
from wrapped_assets.kernels.novelty import newly_heard
from wrapped_assets.kernels.ranking import first_per
from wrapped_assets.vocabulary import columns as c


@insight(
    chapter="discovery",
    grain=[c.listener_id],
    columns=[c.new_artist_count, c.new_recording_count, c.biggest_discovery_date, c.biggest_discovery_count, c.history_since],
    reads={
        "recording_months": [c.listener_id, c.recording_id, c.first_listened_at, c.first_heard_at, c.first_heard_date],
        "recording_history": ([c.listener_id, c.recording_id, c.first_heard_at], "previous_year"),
        "artist_months": [c.listener_id, c.artist_id, c.first_listened_at, c.first_heard_at],
        "artist_history": ([c.listener_id, c.artist_id], "previous_year"),
    },
    headline="{new_artist_count} artists were new to you.",
    examples=[
        Example(
            given={"ana": "2025-07-01 eple/royksopp, 2026-03-01 eple/royksopp walk/royksopp night/bo, 2026-03-02 so_here/bo"},
            expect=[
                {
                    "listener_id": "ana", "new_artist_count": 1, "new_recording_count": 3,
                    "biggest_discovery_date": date(2026, 3, 1), "biggest_discovery_count": 2,
                }
            ],
        ),
    ],
)  # fmt: skip
def discoveries(
    recording_months: pl.LazyFrame, recording_history: pl.LazyFrame, artist_months: pl.LazyFrame, artist_history: pl.LazyFrame
) -> pl.LazyFrame:
    """Artists and recordings whose first known listen lies inside the window, since `history_since`, and the day with most of them.

    What was first heard in this year outside the window is not new. A tie goes to the earlier day.
    """
    songs = newly_heard(recording_months, recording_history, ["listener_id", "recording_id"], ["first_heard_date"])
    artists = (
        newly_heard(artist_months, artist_history, ["listener_id", "artist_id"]).group_by("listener_id").agg(new_artist_count=pl.len())
    )
    days = songs.group_by("listener_id", biggest_discovery_date="first_heard_date").agg(biggest_discovery_count=pl.len())
    since = pl.concat([months.select("listener_id", "first_heard_at") for months in (recording_months, recording_history)])
    counts = pl.col("new_artist_count", "new_recording_count", "biggest_discovery_count")
    return (
        recording_months.filter(pl.col("first_listened_at").is_not_null()).select("listener_id").unique()
        .join(songs.group_by("listener_id").agg(new_recording_count=pl.len()), on="listener_id", how="left")
        .join(artists, on="listener_id", how="left")
        .join(first_per(days, "listener_id", order=["-biggest_discovery_count", "biggest_discovery_date"]), on="listener_id", how="left")
        .join(since.group_by("listener_id").agg(history_since=pl.col("first_heard_at").min()), on="listener_id")
        .with_columns(counts.fill_null(0))
    )  # fmt: skip

"""Ranks an artist's recordings of the year."""

import polars as pl

from wrapped_assets.contracts.declaration import Example
from wrapped_assets.contracts.kinds import MINIMUM_LISTENERS, artist_insight
from wrapped_assets.kernels.ranking import ranked
from wrapped_assets.vocabulary import columns as c

PLACES = 50


@artist_insight(
    chapter="music",
    grain=[c.artist_id, c.artist_recording_rank],
    columns=[c.recording_id, c.listen_count, c.listener_count],
    reads={
        "recording_years": [c.artist_id, c.listener_id, c.recording_id, c.listen_count, c.ms_played, c.first_listened_at],
    },
    headline="{recording}: {listen_count} listens.",
    examples=[
        Example(
            given={f"fan {n:02d}": "2026-05-01 eple/royksopp*2 so_here/royksopp+bo" for n in range(20)}
            | {"fan 01": "2026-05-01 rare/royksopp"}
            | {"one more": "2026-05-01 eple/royksopp so_here/royksopp"},
            expect=[
                {"artist_id": "royksopp", "artist_recording_rank": 1, "recording_id": "eple", "listen_count": 39, "listener_count": 20},
            ],
        ),
    ],
)
def artist_recordings(recording_years: pl.LazyFrame) -> pl.LazyFrame:
    """One of an artist's top fifty recordings by listens, among those that at least 20 listeners heard.

    A recording counts for its primary artist only, with the listens of all listeners. A tie goes to the recording played longer, then
    to the one heard first, then to the smaller id.
    """
    heard = recording_years.filter(pl.col("listen_count") > 0).group_by("artist_id", "recording_id")
    recordings = heard.agg(
        pl.col("listen_count", "ms_played").sum(), pl.col("first_listened_at").min(), listener_count=pl.len().cast(pl.Int64)
    ).filter(pl.col("listener_count") >= MINIMUM_LISTENERS)
    order = ["-listen_count", "-ms_played", "first_listened_at", "recording_id"]
    return ranked(recordings, "artist_id", order=order, rank="artist_recording_rank", limit=PLACES)

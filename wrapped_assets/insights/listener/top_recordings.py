"""Ranks a listener's recordings of the year."""

import polars as pl

from wrapped_assets.contracts.declaration import Example
from wrapped_assets.contracts.kinds import insight
from wrapped_assets.kernels.ranking import ranked
from wrapped_assets.vocabulary import columns as c

PLACES = 100


@insight(
    chapter="music",
    grain=[c.listener_id, c.recording_rank],
    columns=[c.recording_id, c.listen_count, c.ms_played, c.first_listened_at],
    reads={"recording_years": [c.listener_id, c.recording_id, c.listen_count, c.ms_played, c.first_listened_at]},
    headline="Your song of the year: {recording}, {listen_count} listens.",
    examples=[
        Example(
            given={"ana": "2026-03-01 eple so_here*2, 2026-04-01 eple night~20s"},
            expect=[
                {"listener_id": "ana", "recording_rank": 1, "recording_id": "eple", "listen_count": 2},
                {"listener_id": "ana", "recording_rank": 2, "recording_id": "so_here", "listen_count": 2},
            ],
        ),
    ],
)
def top_recordings(recording_years: pl.LazyFrame) -> pl.LazyFrame:
    """One of a listener's top hundred recordings by listens.

    A tie goes to the recording played longer, then to the one heard first, then to the smaller id.
    """
    recordings = recording_years.filter(pl.col("listen_count") > 0)
    order = ["-listen_count", "-ms_played", "first_listened_at", "recording_id"]
    return ranked(recordings, "listener_id", order=order, rank="recording_rank", limit=PLACES)

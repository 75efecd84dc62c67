"""Ranks the recordings that a listener discovered this year."""

import polars as pl

from wrapped_assets.contracts.declaration import Example
from wrapped_assets.contracts.kinds import insight
from wrapped_assets.kernels.ranking import ranked
from wrapped_assets.vocabulary import columns as c

PLACES = 50
MINIMUM_LISTENS = 4
PER_ARTIST = 2


@insight(
    chapter="discovery",
    grain=[c.listener_id, c.recording_rank],
    columns=[c.recording_id, c.listen_count, c.first_listened_at, c.is_first_year],
    reads={
        "new_recordings": [c.listener_id, c.recording_id, c.artist_id, c.listen_count, c.ms_played, c.first_listened_at],
        "discoveries": [c.listener_id, c.is_first_year],
    },
    headline="Found this year, and kept: {recording}.",
    examples=[
        Example(
            given={"ana": "2025-07-01 eple, 2026-03-01 eple*6 walk/bo*4 night/bo*5 moon/bo*4 so_here*3"},
            expect=[
                {"listener_id": "ana", "recording_rank": 1, "recording_id": "night", "listen_count": 5, "is_first_year": False},
                {"listener_id": "ana", "recording_rank": 2, "recording_id": "walk", "listen_count": 4},
            ],
        ),
    ],
)
def top_discoveries(new_recordings: pl.LazyFrame, discoveries: pl.LazyFrame) -> pl.LazyFrame:
    """One of the top fifty recordings first heard inside the window, with four listens or more, at most two per primary artist.

    In a first year everything is new (`is_first_year`), and neither a story nor a playlist is made of it.
    A tie goes to the recording played longer, then to the one heard first, then to the smaller id; also among an artist's two.
    """
    kept = new_recordings.filter(pl.col("listen_count") >= MINIMUM_LISTENS)
    order = ["-listen_count", "-ms_played", "first_listened_at", "recording_id"]
    few = ranked(kept, ["listener_id", "artist_id"], order=order, rank="_of_artist", limit=PER_ARTIST)
    return ranked(few, "listener_id", order=order, rank="recording_rank", limit=PLACES).join(discoveries, on="listener_id")

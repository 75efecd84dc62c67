"""What a listener missed this year, as a playlist."""

import polars as pl

from wrapped_assets.contracts.declaration import Example
from wrapped_assets.contracts.kinds import playlist
from wrapped_assets.vocabulary import columns as c


@playlist(
    title="What you missed in {year}",
    grain=[c.listener_id, c.playlist_position],
    columns=[c.recording_id, c.playlist_score],
    reads={"missed_recordings": [c.listener_id, c.missed_rank, c.recording_id]},
    examples=[
        Example(
            given={"ana": "2026-03-01 eple*50"} | {f"p{n}": "2026-03-01 eple*50 walk*4 night*3" for n in range(5)},
            people={name: {"is_recommending": True} for name in ("ana", "p0", "p1", "p2", "p3", "p4")},
            expect=[
                {"listener_id": "ana", "playlist_position": 1, "recording_id": "walk", "playlist_score": 1.0},
                {"listener_id": "ana", "playlist_position": 2, "recording_id": "night", "playlist_score": 0.5},
            ],
        ),
    ],
)
def missed_recordings_songs(missed_recordings: pl.LazyFrame) -> pl.LazyFrame:
    """The recordings of the insight `missed_recordings` in its order; the score is one over the place: it does not say how many played it.

    Ties are those of the insight: more people, smaller id.
    """
    return missed_recordings.with_columns(playlist_position="missed_rank", playlist_score=1 / pl.col("missed_rank"))

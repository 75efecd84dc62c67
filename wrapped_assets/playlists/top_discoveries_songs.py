"""What a listener found this year, as a playlist."""

import polars as pl

from wrapped_assets.contracts.declaration import Example
from wrapped_assets.contracts.kinds import playlist
from wrapped_assets.vocabulary import columns as c


@playlist(
    title="Your discoveries {year}",
    grain=[c.listener_id, c.playlist_position],
    columns=[c.recording_id, c.listen_count, c.playlist_score],
    reads={"top_discoveries": [c.listener_id, c.recording_rank, c.recording_id, c.listen_count, c.is_first_year]},
    examples=[
        Example(
            given={"ana": "2025-07-01 eple, 2026-03-01 eple*6 so_here*3, 2026-03-02 walk/bo*4 night/cy*5"},
            expect=[
                {"listener_id": "ana", "playlist_position": 1, "recording_id": "night", "listen_count": 5, "playlist_score": 5.0},
                {"listener_id": "ana", "playlist_position": 2, "recording_id": "walk", "listen_count": 4, "playlist_score": 4.0},
            ],
        ),
    ],
)
def top_discoveries_songs(top_discoveries: pl.LazyFrame) -> pl.LazyFrame:
    """The recordings of the insight `top_discoveries` in its order; the score is the listens. A first year, in which all is new, has none.

    Ties are those of the insight: longer played, heard first, smaller id.
    """
    known = top_discoveries.filter(~pl.col("is_first_year"))
    return known.with_columns(playlist_position="recording_rank", playlist_score=pl.col("listen_count").cast(pl.Float64))

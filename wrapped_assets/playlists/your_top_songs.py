"""The year as one playlist."""

import polars as pl

from wrapped_assets.contracts.declaration import Example
from wrapped_assets.contracts.kinds import playlist
from wrapped_assets.kernels.ranking import ranked
from wrapped_assets.kernels.spacing import spaced
from wrapped_assets.vocabulary import columns as c

PLACES = 100
BEST_BY_SCORE = 10  # after these the same artist does not follow itself
CANDIDATES = 200  # songs beyond the hundredth that may stand in where an artist would follow itself


@playlist(
    title="Your top songs {year}",
    grain=[c.listener_id, c.playlist_position],
    columns=[c.recording_id, c.listen_count, c.playlist_score],
    reads={
        "recording_years": [
            c.listener_id,
            c.recording_id,
            c.artist_id,
            c.listen_count,
            c.ms_played,
            c.first_listened_at,
            c.active_day_count,
        ]
    },
    examples=[
        Example(
            given={"ana": "2026-03-01 eple*4 so_here, 2026-03-02 so_here, 2026-03-03 so_here"},
            expect=[
                {"listener_id": "ana", "playlist_position": 1, "recording_id": "so_here", "listen_count": 3, "playlist_score": 3.0},
                {"listener_id": "ana", "playlist_position": 2, "recording_id": "eple", "listen_count": 4, "playlist_score": 2.0},
            ],
        ),
    ],
)
def your_top_songs(recording_years: pl.LazyFrame) -> pl.LazyFrame:
    """A listener's hundred songs by √(listens × days with a listen): what was loved for long stands before what was looped once.

    A tie goes to more listens, longer played, heard first, smaller id. After place ten the best song of another artist comes next;
    a primary artist follows itself only where too little else is left of the best two hundred songs.
    """
    score = (pl.col("listen_count") * pl.col("active_day_count")).sqrt()
    songs = recording_years.filter(pl.col("listen_count") > 0).with_columns(playlist_score=score)
    order = ["-playlist_score", "-listen_count", "-ms_played", "first_listened_at", "recording_id"]
    best = ranked(songs, "listener_id", order=order, rank="playlist_position", limit=CANDIDATES)
    return spaced(best, "listener_id", "artist_id", "playlist_position", after=BEST_BY_SCORE, limit=PLACES)

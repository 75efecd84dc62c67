"""What a listener came back to this year, as a playlist."""

import polars as pl

from wrapped_assets.contracts.declaration import Example
from wrapped_assets.contracts.kinds import playlist
from wrapped_assets.kernels.ranking import ranked
from wrapped_assets.vocabulary import columns as c

PER_ARTIST = 2


@playlist(
    title="Your comebacks {year}",
    grain=[c.listener_id, c.playlist_position],
    columns=[c.recording_id, c.listen_count, c.playlist_score],
    reads={
        "comebacks": [c.listener_id, c.comeback_rank, c.artist_id, c.silence_day_count],
        "recording_years": [c.listener_id, c.recording_id, c.artist_id, c.listen_count, c.ms_played, c.first_listened_at],
    },
    examples=[
        Example(
            given={"ana": "2024-05-01 eple/royksopp night/bo, 2026-06-01 eple/royksopp walk/royksopp*3 m/royksopp*2, 2026-06-02 night/bo"},
            expect=[
                {"listener_id": "ana", "playlist_position": 1, "recording_id": "night", "listen_count": 1, "playlist_score": 762.0},
                {"listener_id": "ana", "playlist_position": 2, "recording_id": "walk", "listen_count": 3, "playlist_score": 761.0},
                {"listener_id": "ana", "playlist_position": 3, "recording_id": "m", "listen_count": 2, "playlist_score": 761.0},
            ],
        ),
    ],
)  # fmt: skip
def comebacks_songs(comebacks: pl.LazyFrame, recording_years: pl.LazyFrame) -> pl.LazyFrame:
    """The artists of the insight `comebacks` in its order, each with the year's two recordings of theirs with most listens.

    Only recordings of which they are the primary artist; the score is the days of silence. A tie within an artist's two goes to the
    one played longer, then to the one heard first, then to the smaller id.
    """
    songs = recording_years.filter(pl.col("listen_count") > 0).join(comebacks, on=["listener_id", "artist_id"])
    order = ["-listen_count", "-ms_played", "first_listened_at", "recording_id"]
    few = ranked(songs, ["listener_id", "comeback_rank"], order=order, rank="_of_artist", limit=PER_ARTIST)
    return ranked(few, "listener_id", order=["comeback_rank", "_of_artist"], rank="playlist_position").with_columns(
        playlist_score=pl.col("silence_day_count").cast(pl.Float64)
    )

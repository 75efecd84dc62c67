"""Ranks a listener's artists of the year."""

import polars as pl

from wrapped_assets.contracts.declaration import Example
from wrapped_assets.contracts.kinds import insight
from wrapped_assets.kernels.ranking import ranked
from wrapped_assets.vocabulary import columns as c

PLACES = 50


@insight(
    chapter="music",
    grain=[c.listener_id, c.artist_rank],
    columns=[c.artist_id, c.listen_count, c.ms_played, c.first_listened_at],
    reads={"artist_years": [c.listener_id, c.artist_id, c.listen_count, c.ms_played, c.first_listened_at]},
    headline="Your artist of the year: {artist}, {listen_count} listens.",
    examples=[
        Example(
            given={"ana": "2026-03-01 night/bo eple/royksopp, 2026-04-01 walk/royksopp+bo"},
            expect=[
                {"listener_id": "ana", "artist_rank": 1, "artist_id": "bo", "listen_count": 2},
                {"listener_id": "ana", "artist_rank": 2, "artist_id": "royksopp", "listen_count": 2},
            ],
        ),
    ],
)
def top_artists(artist_years: pl.LazyFrame) -> pl.LazyFrame:
    """One of a listener's top fifty artists by listens; each credited artist, featured ones too, gets the full listen.

    A tie goes to the artist played longer, then to the one heard first, then to the smaller id.
    """
    artists = artist_years.filter(pl.col("listen_count") > 0)
    order = ["-listen_count", "-ms_played", "first_listened_at", "artist_id"]
    return ranked(artists, "listener_id", order=order, rank="artist_rank", limit=PLACES)

"""Counts an artist's listeners at each time played."""

import polars as pl

from wrapped_assets.contracts.declaration import Example
from wrapped_assets.contracts.kinds import population
from wrapped_assets.kernels.ladders import ladder
from wrapped_assets.vocabulary import columns as c

MINIMUM_AUDIENCE = 100  # for a smaller artist, a rank would reveal the number of listeners


@population(
    grain=[c.artist_id, c.ms_played],
    columns=[c.at_least_count],
    reads={"artist_audiences": [c.artist_id, c.ms_played]},
    minimum_group=MINIMUM_AUDIENCE,
    by=c.artist_id,
    examples=[
        Example(
            given={f"fan {n:03}": "2026-03-01 eple/royksopp" + "*2" * (n < 10) for n in range(100)} | {"ana": "2026-03-01 night/bo"},
            expect=[
                {"artist_id": "royksopp", "ms_played": 180_000, "at_least_count": 100},
                {"artist_id": "royksopp", "ms_played": 360_000, "at_least_count": 10},
            ],
        ),
    ],
)
def fan_minutes_ladder(artist_audiences: pl.LazyFrame) -> pl.LazyFrame:
    """A time played of an artist and how many of the artist's listeners played at least that long.

    The artist needs 100 listeners. No ties: nobody is ranked here.
    """
    return ladder(artist_audiences, "artist_id", "ms_played")

"""Counts club members at each share of listens."""

import polars as pl

from wrapped_assets.contracts.declaration import Example
from wrapped_assets.contracts.kinds import MINIMUM_LISTENERS, population
from wrapped_assets.kernels.ladders import ladder
from wrapped_assets.vocabulary import columns as c


@population(
    grain=[c.club_name, c.club_value],
    columns=[c.at_least_count],
    reads={"listener_clubs": [c.listener_id, c.club_name, c.club_value]},
    minimum_group=MINIMUM_LISTENERS,
    examples=[
        Example(
            given={f"one {n:02}": "2026-03-01 eple/bo*30" if n else "2026-03-01 eple/bo*30 walk*10" for n in range(20)},
            catalogue={"known_artists": [{"artist_name": "bo", "genre_names": ["jazz"]}]},
            expect=[
                {"club_name": "Blue Hour", "club_value": 7500, "at_least_count": 20},
                {"club_name": "Blue Hour", "club_value": 10000, "at_least_count": 19},
            ],
        ),
    ],
)
def club_ladder(listener_clubs: pl.LazyFrame) -> pl.LazyFrame:
    """A share of listens given to a club and how many members gave at least that share; the club needs 20 members.

    No ties: nobody is ranked here.
    """
    return ladder(listener_clubs, "club_name", "club_value")

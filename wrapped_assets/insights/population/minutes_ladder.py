"""Counts listeners at each time played, overall and per country."""

import polars as pl

from wrapped_assets.contracts.declaration import Example
from wrapped_assets.contracts.kinds import MINIMUM_LISTENERS, population
from wrapped_assets.kernels.ladders import ladder
from wrapped_assets.vocabulary import columns as c


@population(
    grain=[c.chart_country, c.ms_played],
    columns=[c.at_least_count],
    reads={
        "listening_totals": [c.listener_id, c.ms_played, c.listen_count],
        "profiles": [c.listener_id, c.country],
    },
    minimum_group=MINIMUM_LISTENERS,
    examples=[
        Example(
            given={f"one {n:02}": "2026-03-01 eple" + "*2" * (n < 5) for n in range(20)},
            people={"one 01": {"country": "PT"}},
            expect=[
                {"chart_country": "", "ms_played": 180_000, "at_least_count": 20},
                {"chart_country": "", "ms_played": 360_000, "at_least_count": 5},
            ],
        ),
    ],
)
def minutes_ladder(listening_totals: pl.LazyFrame, profiles: pl.LazyFrame) -> pl.LazyFrame:
    """A time played and how many listeners played at least that long, overall and in each country with 20 listeners.

    Only listeners with a listen count. No ties: nobody is ranked here.
    """
    heard = listening_totals.filter(pl.col("listen_count") > 0)
    of_all = heard.select("ms_played", chart_country=pl.lit(""))
    at_home = heard.join(profiles, on="listener_id").drop_nulls("country").select("ms_played", chart_country="country")
    return ladder(pl.concat([of_all, at_home]), "chart_country", "ms_played")

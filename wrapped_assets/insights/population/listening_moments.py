"""Counts the listens of all listeners by hour of the day."""

import polars as pl

from wrapped_assets.contracts.declaration import Example
from wrapped_assets.contracts.kinds import population
from wrapped_assets.vocabulary import columns as c


@population(
    grain=[c.is_weekend, c.local_hour],
    columns=[c.listen_count],
    reads={"listener_hours": [c.local_weekday, c.local_hour, c.listen_count]},
    minimum_group=1,
    examples=[
        Example(
            given={"ana": "2026-05-01 eple@07:00*2", "bo": "2026-05-02 eple@07:00, 2026-05-04 eple@07:30"},
            expect=[
                {"is_weekend": False, "local_hour": 7, "listen_count": 3},
                {"is_weekend": True, "local_hour": 7, "listen_count": 1},
            ],
        ),
    ],
)
def listening_moments(listener_hours: pl.LazyFrame) -> pl.LazyFrame:
    """An hour of work days or weekends, in local time, and the listens of all listeners in it; `artist_moments` compares with it.

    No ties: nothing is ranked. Internal use only, so groups of one listener are kept.
    """
    hours = listener_hours.group_by(is_weekend=pl.col("local_weekday") >= 6, local_hour="local_hour")
    return hours.agg(pl.col("listen_count").sum())

"""At which hours everybody listens."""

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
    """An hour of work days or of weekends, by everybody's local time, with a listen in it; what an artist's hours are compared with.

    No ties: nothing is ranked. Only inside the house, so that a group of one is counted.
    """
    hours = listener_hours.group_by(is_weekend=pl.col("local_weekday") >= 6, local_hour="local_hour")
    return hours.agg(pl.col("listen_count").sum())

"""Counts a listener's listens by hour of the week."""

import polars as pl

from wrapped_assets.contracts.declaration import Example
from wrapped_assets.contracts.kinds import insight
from wrapped_assets.kernels.grids import zero_filled
from wrapped_assets.vocabulary import columns as c


@insight(
    chapter="habits",
    grain=[c.listener_id, c.local_weekday, c.local_hour],
    columns=[c.listen_count],
    reads={"listener_hours": [c.listener_id, c.local_weekday, c.local_hour, c.listen_count]},
    headline="Your week, hour by hour.",
    examples=[
        Example(
            given={"ana": "2026-03-02 eple@00:30, 2026-03-09 eple@00:10"},
            expect=[
                {"listener_id": "ana", "local_weekday": 1, "local_hour": 0, "listen_count": 2},
                {"listener_id": "ana", "local_weekday": 1, "local_hour": 1, "listen_count": 0},
                ...,
            ],
        ),
    ],
)
def listening_clock(listener_hours: pl.LazyFrame) -> pl.LazyFrame:
    """One of the 7 × 24 hours of a listener's local week; hours without a listen are included.

    No ties: nothing is ranked. A listener without a listen has no rows.
    """
    hours = listener_hours.group_by("listener_id", "local_weekday", "local_hour").agg(pl.col("listen_count").sum())
    weekdays, clock = pl.int_range(1, 8, dtype=pl.Int8, eager=True), pl.int_range(24, dtype=pl.Int8, eager=True)
    return zero_filled(hours, ["listener_id"], {"local_weekday": weekdays, "local_hour": clock})

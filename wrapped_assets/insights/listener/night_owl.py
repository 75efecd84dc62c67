"""Measures how much a listener listens at night, in the morning and at the weekend."""

import polars as pl

from wrapped_assets.contracts.declaration import Example
from wrapped_assets.contracts.kinds import insight
from wrapped_assets.vocabulary import columns as c


@insight(
    chapter="habits",
    grain=[c.listener_id],
    columns=[c.night_share, c.morning_share, c.weekend_share, c.listen_count],
    reads={"listener_hours": [c.listener_id, c.local_weekday, c.local_hour, c.listen_count]},
    headline="{night_share} of your listens were at night.",
    examples=[
        Example(
            given={"ana": "2026-03-01 eple@22:00, 2026-03-02 eple@04:59 walk@05:00 eple@12:00"},
            expect=[{"listener_id": "ana", "night_share": 0.5, "morning_share": 0.25, "weekend_share": 0.25, "listen_count": 4}],
        ),
    ],
)
def night_owl(listener_hours: pl.LazyFrame) -> pl.LazyFrame:
    """Shares of a listener's listens by local time: night from 22 to 5, morning from 5 to 12, weekend on Saturday and Sunday.

    No ties: nothing is ranked. A listener without a listen has no row.
    """
    hour, listens = pl.col("local_hour"), pl.col("listen_count")
    all_listens = listens.sum()
    return listener_hours.group_by("listener_id").agg(
        night_share=listens.filter((hour >= 22) | (hour < 5)).sum() / all_listens,
        morning_share=listens.filter(hour.is_between(5, 11)).sum() / all_listens,
        weekend_share=listens.filter(pl.col("local_weekday") >= 6).sum() / all_listens,
        listen_count=all_listens,
    )

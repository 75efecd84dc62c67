"""Puts a listener's totals beside those of the year before."""

import polars as pl

from wrapped_assets.contracts.declaration import Example
from wrapped_assets.contracts.kinds import insight
from wrapped_assets.vocabulary import columns as c

TOTALS = (c.minutes, c.listen_count, c.recording_count, c.artist_count, c.active_day_count)
BEFORE = (c.before_minutes, c.before_listen_count, c.before_recording_count, c.before_artist_count, c.before_active_day_count)


@insight(
    chapter="overview",
    grain=[c.listener_id],
    columns=[*TOTALS, *BEFORE, c.heard_from_month, c.heard_until_month],
    nullable=BEFORE,
    reads={
        "listening_totals": [c.listener_id, *TOTALS],
        "listener_days": [c.listener_id, c.local_date, c.listen_count],
        "totals_before": ([c.listener_id, *TOTALS, c.heard_from_month, c.heard_until_month], "previous_year"),
    },
    headline="The year before you had {before_listen_count:listens}.",
    examples=[
        Example(
            given={"ana": "2025-03-01 eple, 2025-09-09 night, 2026-03-02 eple*3, 2026-09-01 so_here",
                   "bo": "2025-05-01 eple, 2025-09-09 night, 2026-03-02 eple*3, 2026-09-01 so_here"},
            expect=[
                {"listener_id": "ana", "listen_count": 4, "before_listen_count": 2, "before_active_day_count": 2,
                 "heard_from_month": "2026-03", "heard_until_month": "2026-09"},
                {"listener_id": "bo", "listen_count": 4, "before_listen_count": None, "before_minutes": None},
            ],
        ),
    ],
)  # fmt: skip
def totals_before(listening_totals: pl.LazyFrame, listener_days: pl.LazyFrame, totals_before: pl.LazyFrame) -> pl.LazyFrame:
    """A listener's totals, and those of the year before if both years were heard from the same month to the same month.

    Otherwise a year that has just begun, or a history that begins in its middle, would look like a change. No ties: nothing is ranked.
    """
    month = pl.col("local_date").dt.to_string("%Y-%m")
    heard = listener_days.filter(pl.col("listen_count") > 0).group_by("listener_id")
    year = listening_totals.join(heard.agg(heard_from_month=month.min(), heard_until_month=month.max()), on="listener_id")
    months = ["heard_from_month", "heard_until_month"]
    same = [pl.col(name).str.slice(5).alias(f"_{name}") for name in months]
    named = {column.name: f"before_{column.name}" for column in TOTALS}
    before = totals_before.with_columns(same).select("listener_id", *(f"_{name}" for name in months), *named).rename(named)
    keys = ["listener_id", *(f"_{name}" for name in months)]
    return year.with_columns(same).join(before, on=keys, how="left")

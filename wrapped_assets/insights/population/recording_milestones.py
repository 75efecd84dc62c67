"""Finds the day on which a recording reached a thousand listens."""

from datetime import date

import polars as pl

from wrapped_assets.contracts.declaration import Example
from wrapped_assets.contracts.kinds import population
from wrapped_assets.vocabulary import columns as c

LISTENS = 1_000


@population(
    grain=[c.recording_id],
    columns=[c.cumulative_listen_count, c.passed_date],
    reads={
        "recording_days": [c.recording_id, c.local_date, c.listen_count],
        "recording_milestones": ([c.recording_id, c.cumulative_listen_count, c.passed_date], "latest_year_before"),
    },
    minimum_group=1,
    by=c.recording_id,
    examples=[
        Example(
            given={"ana": "2025-03-01 eple*300, 2025-03-03 eple*300", "bo": "2026-03-02 eple*300 so_here, 2026-03-05 eple*300"},
            expect=[
                {"recording_id": "eple", "cumulative_listen_count": 1200, "passed_date": date(2026, 3, 5)},
                {"recording_id": "so_here", "cumulative_listen_count": 1, "passed_date": None},
            ],
        ),
    ],
)
def recording_milestones(recording_days: pl.LazyFrame, recording_milestones: pl.LazyFrame) -> pl.LazyFrame:
    """A recording's listens over all listeners up to the year's end, and the day on which they reached a thousand, or null.

    Days are the listeners' local days. Listens outside their editions' windows do not count. No ties: nothing is ranked.
    """
    before = recording_milestones.select("recording_id", _before="cumulative_listen_count", _passed="passed_date")
    year = recording_days.group_by("recording_id").agg(_year=pl.col("listen_count").sum())
    total = pl.col("_before").fill_null(0) + pl.col("_year").fill_null(0)
    whole = before.join(year, on="recording_id", how="full", coalesce=True).with_columns(cumulative_listen_count=total)
    crossing = whole.filter(pl.col("cumulative_listen_count") >= LISTENS, pl.col("_passed").is_null())
    days = (
        recording_days.join(crossing, on="recording_id", how="semi")
        .group_by("recording_id", "local_date")
        .agg(pl.col("listen_count").sum())
    )
    reached = (
        days.join(crossing.select("recording_id", pl.col("_before").fill_null(0)), on="recording_id")
        .with_columns(_so_far=pl.col("_before") + pl.col("listen_count").cum_sum().over("recording_id", order_by="local_date"))
        .filter(pl.col("_so_far") >= LISTENS)
        .group_by("recording_id")
        .agg(_reached=pl.col("local_date").min())
    )
    return whole.join(reached, on="recording_id", how="left").with_columns(passed_date=pl.coalesce("_passed", "_reached"))

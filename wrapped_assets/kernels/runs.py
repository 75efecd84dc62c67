"""Runs: consecutive days, and intervals that follow each other closely."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

import polars as pl


def day_runs(days: pl.LazyFrame, by: Sequence[str], day: str) -> pl.LazyFrame:
    """Runs of consecutive days per group: `by`, first_local_date, last_local_date, streak_day_count.

    `days` has one row per group and day. Row order does not matter.
    """
    # In a run, day minus its place in the group is constant.
    start = pl.col(day) - pl.duration(days=pl.int_range(pl.len()).over(by))
    return (
        days.sort([*by, day])
        .with_columns(start.alias("_run"))
        .group_by([*by, "_run"])
        .agg(first_local_date=pl.col(day).min(), last_local_date=pl.col(day).max(), streak_day_count=pl.len().cast(pl.Int64))
        .drop("_run")
    )


def joined_intervals(
    intervals: pl.LazyFrame, by: str, start: str, end: str, gap: timedelta, sums: Sequence[str]
) -> pl.LazyFrame:
    """Intervals of a group merged where the next starts at most `gap` after all before it have ended; `sums` are added up.

    Associative: joining the joined parts gives the same as joining all, so that months can be joined to a year.
    """
    before = pl.col(end).cum_max().shift(1).over(by)
    opens = (before.is_null() | (pl.col(start) - before > gap)).cast(pl.UInt32)
    return (
        intervals.sort([by, start, end])
        .with_columns(opens.cum_sum().over(by).alias("_session"))
        .group_by([by, "_session"])
        .agg(pl.col(start).min(), pl.col(end).max(), *(pl.col(name).sum() for name in sums))
        .drop("_session")
    )

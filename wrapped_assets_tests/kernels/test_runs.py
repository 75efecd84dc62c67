"""Runs of days and joined intervals: the same from parts as from the whole."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from wrapped_assets.kernels.masks import days_of_mask, longest_run
from wrapped_assets.kernels.runs import day_runs, joined_intervals

DAY = date(2026, 2, 27)
GAP = timedelta(minutes=20)
INTERVALS = st.lists(st.tuples(st.integers(0, 300), st.integers(0, 60)), max_size=20)


@settings(deadline=None, max_examples=50)
@given(st.sets(st.integers(0, 12), min_size=1))
def test_runs_cover_each_day_once_and_never_touch(days: set[int]) -> None:
    frame = pl.LazyFrame({"who": 1, "day": [DAY + timedelta(days=day) for day in days]})
    runs = day_runs(frame, ["who"], "day").sort("first_local_date").collect().to_dicts()
    covered = [run["first_local_date"] + timedelta(days=step) for run in runs for step in range(run["streak_day_count"])]
    assert covered == sorted(DAY + timedelta(days=day) for day in days)
    assert all(later["first_local_date"] - run["last_local_date"] > timedelta(days=1) for run, later in pairwise(runs))


@settings(deadline=None, max_examples=50)
@given(INTERVALS, st.integers(0, 300))
def test_joining_joined_parts_is_joining_all(intervals: list[tuple[int, int]], cut: int) -> None:
    origin = datetime(2026, 1, 31, 22, tzinfo=UTC)
    frame = pl.LazyFrame(
        [(1, origin + timedelta(minutes=start), origin + timedelta(minutes=start + length), 1) for start, length in intervals],
        schema={"who": pl.Int64, "start": pl.Datetime("ms", "UTC"), "end": pl.Datetime("ms", "UTC"), "plays": pl.Int64}, orient="row",
    )  # fmt: skip

    def joined(some: pl.LazyFrame) -> pl.LazyFrame:
        return joined_intervals(some, "who", "start", "end", GAP, ["plays"])

    before = pl.col("start") < origin + timedelta(minutes=cut)
    parts = pl.concat([joined(frame.filter(before)), joined(frame.filter(~before))])
    assert joined(parts).sort("start").collect().equals(joined(frame).sort("start").collect())


def test_bits_of_a_month_are_its_days() -> None:
    masks = pl.LazyFrame({"month": ["2026-01", "2026-02"], "mask": [(1 << 30) | 1, 1 << 27]})
    days = days_of_mask(masks, "mask", "month", "day").collect()["day"].sort().to_list()
    assert days == [date(2026, 1, 1), date(2026, 1, 31), date(2026, 2, 28)]


@settings(deadline=None)
@given(st.lists(st.integers(0, 2**31 - 1), max_size=5))
def test_the_longest_run_of_bits_is_the_longest_run_of_ones(masks: list[int]) -> None:
    found = pl.LazyFrame({"mask": masks}, schema={"mask": pl.Int64}).select(longest_run("mask")).collect()["mask"].to_list()
    assert found == [max(map(len, f"{mask:b}".split("0"))) for mask in masks]

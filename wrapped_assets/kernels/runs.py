"""Finds runs of consecutive days and joins intervals with small gaps."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

import numpy as np
import polars as pl

from wrapped_assets.acceleration import can_run, run
from wrapped_assets.kernels.engines import engine_for
from wrapped_assets.kernels.grouping import groups_of, has_nulls
from wrapped_assets.kernels.inside.runs import is_in_order, joined, longest_runs
from wrapped_assets.kernels.masks import days_of_mask, longest_run
from wrapped_assets.kernels.packing import group_codes
from wrapped_assets.kernels.ranking import first_per


def day_runs(days: pl.LazyFrame, by: Sequence[str], day: str) -> pl.LazyFrame:
    """Returns the runs of consecutive days per group: `by`, first_local_date, last_local_date, streak_day_count.

    `days` has one row per group and day. Row order does not matter.
    """
    ordered = days.sort([*by, day])
    continues = pl.all_horizontal(*(pl.col(name) == pl.col(name).shift(1) for name in by), pl.col(day).diff() == timedelta(days=1))
    opens = ~continues.fill_null(value=False)
    firsts = ordered.filter(opens).select(*by, pl.col(day).alias("first_local_date"))
    lasts = ordered.filter(opens.shift(-1, fill_value=True)).select(pl.col(day).alias("last_local_date"))
    length = (pl.col("last_local_date") - pl.col("first_local_date")).dt.total_days() + 1
    return pl.concat([firsts, lasts], how="horizontal").with_columns(streak_day_count=length)


def joined_intervals(
    intervals: pl.LazyFrame, by: str, start: str, end: str, gap: timedelta, sums: Sequence[str]
) -> pl.LazyFrame:
    """Merges intervals of a group if the next starts at most `gap` after all earlier ones have ended; adds up `sums`.

    Joining is associative, so joined months can be joined to a year. `by` and `sums` are whole numbers.
    """
    chosen = intervals.select(by, start, end, *sums)
    schema = chosen.collect_schema()

    def merged(rows: pl.DataFrame) -> pl.DataFrame:
        if not can_run(rows.height) or has_nulls(rows):
            return joined_intervals_reference(rows.lazy(), by, start, end, gap, sums).collect(engine=engine_for(rows.height))
        groups, starts, ends = _as_numbers(rows, by, start, end)
        if not run(is_in_order, groups, starts):
            rows = rows.sort([by, start, end])
            groups, starts, ends = _as_numbers(rows, by, start, end)
        figures = np.stack(_as_numbers(rows, *sums))
        whose, began, ended, totals = run(joined, groups, starts, ends, gap // timedelta(milliseconds=1), figures)
        columns = {by: whose, start: began, end: ended, **{name: totals[number] for number, name in enumerate(sums)}}
        return pl.DataFrame(columns).select(pl.col(name).cast(schema[name]) for name in columns)

    return chosen.map_batches(merged, schema=schema, predicate_pushdown=False, projection_pushdown=False)


def joined_intervals_reference(
    intervals: pl.LazyFrame, by: str, start: str, end: str, gap: timedelta, sums: Sequence[str]
) -> pl.LazyFrame:
    """The same by Polars."""

    def opens(rows: pl.DataFrame) -> pl.DataFrame:
        """Adds `_session`, the number of the joined interval; the rows must be sorted."""
        groups = group_codes(rows.select(by)).astype(np.int64)
        starts, ends = (rows[name].dt.epoch("ms").to_numpy() for name in (start, end))
        base, lane = (int(starts.min()), int(ends.max() - starts.min()) + gap // timedelta(milliseconds=1) + 1) if len(starts) else (0, 1)
        # Shift each group to a time range after all earlier groups, so that one running maximum serves all of them.
        begins, reached = groups * lane + (starts - base), np.maximum.accumulate(groups * lane + (ends - base))
        is_first = np.ones(len(starts), dtype=bool)
        is_first[1:] = (begins[1:] - reached[:-1] > gap // timedelta(milliseconds=1)) | (groups[1:] != groups[:-1])
        return rows.with_columns(_session=pl.Series(np.cumsum(is_first), dtype=pl.Int64))

    ordered = intervals.sort([by, start, end])
    schema = {**ordered.collect_schema(), "_session": pl.Int64()}
    numbered = ordered.map_batches(opens, schema=schema, predicate_pushdown=False, projection_pushdown=False)
    return (
        numbered.group_by("_session")
        .agg(pl.col(by).first(), pl.col(start).min(), pl.col(end).max(), *(pl.col(name).sum() for name in sums))
        .drop("_session")
    )


def _as_numbers(rows: pl.DataFrame, *names: str) -> list[np.ndarray]:
    return [rows[name].to_physical().cast(pl.Int64).to_numpy() for name in names]


def longest_day_runs(months: pl.LazyFrame, by: Sequence[str], mask: str, month: str) -> pl.LazyFrame:
    """Returns the longest run of consecutive days per group: `by`, first_local_date, last_local_date, streak_day_count.

    `months` has a row per group and `month` (YYYY-MM) with a bit per day in `mask`; groups are two ids. Of runs of one length the earliest
    stays. Groups whose first id has a longer run in another group may be missing.
    """
    chosen = months.select(*by, month, mask)
    run_schema = {"first_local_date": pl.Date(), "last_local_date": pl.Date(), "streak_day_count": pl.Int64()}
    schema = {name: pl.Int64() for name in by} | run_schema

    def longest(rows: pl.DataFrame) -> pl.DataFrame:
        if not can_run(rows.height) or has_nulls(rows):
            return longest_day_runs_reference(rows.lazy(), by, mask, month).select(*schema).collect(engine=engine_for(rows.height))
        firsts = rows.select(pl.col(month).unique()).with_columns(_first=(pl.col(month) + "-01").str.to_date("%Y-%m-%d").to_physical())
        ordered = rows.join(firsts, on=month, maintain_order="left")
        one, two = (ordered[name].to_numpy() for name in by)
        order, starts = groups_of(one, two)
        length, began = run(longest_runs, order, starts, ordered["_first"].cast(pl.Int64).to_numpy(), ordered[mask].to_numpy())
        first, heads = pl.Series(began, dtype=pl.Int64).cast(pl.Int32), order[starts[:-1]]
        found = pl.DataFrame({by[0]: one[heads], by[1]: two[heads], "first_local_date": first.cast(pl.Date), "streak_day_count": length})
        last = (first + pl.Series(length).cast(pl.Int32) - 1).cast(pl.Date)
        return found.with_columns(last_local_date=last).filter(pl.col("streak_day_count") > 0).select(*schema)

    return chosen.map_batches(longest, schema=schema, predicate_pushdown=False, projection_pushdown=False)


def longest_day_runs_reference(months: pl.LazyFrame, by: Sequence[str], mask: str, month: str) -> pl.LazyFrame:
    """The same by Polars."""
    # The longest run is at least as long as the longest run inside a month, so groups with fewer days cannot have it.
    at_least = months.group_by(by[0]).agg(_run=longest_run(mask).max())
    days = months.group_by(by).agg(_days=pl.col(mask).bitwise_count_ones().sum())
    runners = days.join(at_least, on=by[0]).filter(pl.col("_days") >= pl.col("_run")).select(by)
    runs = day_runs(days_of_mask(months.join(runners, on=by, how="semi"), mask, month, "_day"), by, "_day")
    return first_per(runs, by, order=["-streak_day_count", "first_local_date"])

"""Finds runs of consecutive days and joins intervals with small gaps."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

import numpy as np
import polars as pl

from wrapped_assets.kernels.packing import group_codes


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

    Joining is associative, so joined months can be joined to a year.
    """

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

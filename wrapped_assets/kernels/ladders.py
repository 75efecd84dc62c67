"""Builds ladders (how many members of a group have at least each value), so that a rank is one look-up, also for other values."""

from __future__ import annotations

import polars as pl


def ladder(values: pl.LazyFrame, group: str, value: str) -> pl.LazyFrame:
    """Returns group, value, at_least_count and listener_count (the group's rows): one row for each value that occurs in a group."""
    counted = values.group_by(group, value).agg(_count=pl.len().cast(pl.Int64))
    below = pl.col("_count").cum_sum().over(group, order_by=value) - pl.col("_count")
    size = pl.col("_count").sum().over(group)
    return counted.select(group, value, at_least_count=size - below, listener_count=size)


def rank_in(rows: pl.LazyFrame, rungs: pl.LazyFrame, group: str, value: str, rank: str, size: str) -> pl.LazyFrame:
    """Returns the rows whose group has a ladder, with `rank` = 1 + the number of members with more, and the group's `size`.

    A value that the ladder lacks (of a listener who came later) gets a rank, too; the size is then at least the rank.
    """
    whole = rungs.group_by(group).agg(pl.col("at_least_count").max().alias(size))
    above = rungs.select(group, value, _above="at_least_count").sort(value)
    ranked = (
        rows.join(whole, on=group)
        .sort(value)
        .join_asof(above, on=value, by=group, strategy="forward", allow_exact_matches=False, check_sortedness=False)
        .with_columns((pl.col("_above").fill_null(0) + 1).alias(rank))
    )
    return ranked.with_columns(pl.max_horizontal(size, rank).alias(size)).drop("_above")

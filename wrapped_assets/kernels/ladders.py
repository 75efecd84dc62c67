"""Ladders: how many of a group reach at least each value that occurs. A rank is then one look-up, also of a value that does not occur."""

from __future__ import annotations

import polars as pl


def ladder(values: pl.LazyFrame, group: str, value: str) -> pl.LazyFrame:
    """group, value, at_least_count, listener_count: one row for each value that occurs in a group, and how many rows the group has."""
    counted = values.group_by(group, value).agg(_count=pl.len().cast(pl.Int64))
    below = pl.col("_count").cum_sum().over(group, order_by=value) - pl.col("_count")
    size = pl.col("_count").sum().over(group)
    return counted.select(group, value, at_least_count=size - below, listener_count=size)


def rank_in(rows: pl.LazyFrame, rungs: pl.LazyFrame, group: str, value: str, rank: str, size: str) -> pl.LazyFrame:
    """The rows whose group has a ladder, with `rank` = 1 + how many of the group have more than the row's value, and the group's `size`.

    A value that the ladder does not have (somebody who came after it was made) ranks as well; the size is then at least the rank.
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

"""Computes a value's place among all listeners: the share of listeners below it."""

from __future__ import annotations

import polars as pl


def place_in(rows: pl.LazyFrame, rungs: pl.LazyFrame, group: str, value: str, place: str, size: str) -> pl.LazyFrame:
    """Returns the rows whose group has a ladder (`kernels.ladders`), with `place`, the share of listeners below, and the group's `size`.

    Listeners with the same value count as half below, so a listener who equals everybody gets 0.5. A value that the ladder lacks (of a
    listener who came later) gets a place, too.
    """
    whole = rungs.group_by(group).agg(pl.col("at_least_count").max().alias(size))
    found = rows.join(whole, on=group).sort(value)
    reach = rungs.select(group, value, _count="at_least_count").sort(value)
    for name, is_exact in (("_reached", True), ("_above", False)):
        found = found.join_asof(
            reach.rename({"_count": name}), on=value, by=group, strategy="forward", allow_exact_matches=is_exact, check_sortedness=False,
            coalesce=True,
        ).with_columns(pl.col(name).fill_null(0))  # fmt: skip
    below_twice = 2 * pl.col(size) - pl.col("_reached") - pl.col("_above")
    return found.with_columns((below_twice / (2 * pl.col(size))).alias(place)).drop("_reached", "_above")

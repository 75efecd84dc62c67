"""Where a value lies among everybody's: the share of people below it."""

from __future__ import annotations

import polars as pl


def place_in(rows: pl.LazyFrame, rungs: pl.LazyFrame, group: str, value: str, place: str, size: str) -> pl.LazyFrame:
    """The rows whose group has a ladder (`kernels.ladders`), with `place`, the share of people below, and the group's `size`.

    Those with the very same value count half below: whoever is like everybody stands in the middle, at 0.5. A value that the ladder does
    not have, somebody's who came after it was made, has its place too.
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

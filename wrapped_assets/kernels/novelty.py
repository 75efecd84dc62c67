"""What is new in a year: keys whose first time ever lies inside the window."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl


def newly_heard(months: pl.LazyFrame, history: pl.LazyFrame, by: Sequence[str], first: Sequence[str] = ()) -> pl.LazyFrame:
    """`by`, first_listened_at and the smallest of `first`, of keys never heard before their first listen in the window.

    `months` has first_heard_at (inside the window or not) and first_listened_at (inside only); `history` has the keys known by
    the end of the year before.
    """
    return (
        months.group_by(by)
        .agg(pl.col("first_heard_at", "first_listened_at", *first).min())
        .filter(pl.col("first_heard_at") == pl.col("first_listened_at"))
        .join(history, on=list(by), how="anti")
        .drop("first_heard_at")
    )

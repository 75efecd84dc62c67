"""Finds what is new in a year: keys first heard inside the window."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl


def newly_heard(year: pl.LazyFrame, history: pl.LazyFrame, by: Sequence[str]) -> pl.LazyFrame:
    """Returns the rows of keys that were never heard before their first listen in the window.

    `year` has one row per key, with first_heard_at (inside the window or not) and first_listened_at (inside only, or null);
    `history` has the keys known by the end of the previous year.
    """
    return year.filter(pl.col("first_heard_at") == pl.col("first_listened_at")).join(history, on=list(by), how="anti")

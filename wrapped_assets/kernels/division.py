"""Divides with results that do not depend on the other rows of the frame, nor on the engine."""

from __future__ import annotations

import polars as pl


def divided(amount: pl.Expr, by: pl.Expr | float) -> pl.Expr:
    """Returns `amount` / `by` as Float64, rounded once.

    Polars multiplies a column by 1/`by` where `by` is a number, or a column that it knows to hold one value only, such as what a join took
    from a single row. So the last bit of a listener's figure would depend on whether there are other listeners. Dividing by a sum of
    columns always divides.
    """
    return amount / (amount * 0 + by)


def minutes_of(ms: str) -> pl.Expr:
    """Converts a column of milliseconds to minutes."""
    return divided(pl.col(ms), 60_000)

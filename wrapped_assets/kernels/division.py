"""Division by a constant that gives a row the same bits whatever rows stand beside it."""

from __future__ import annotations

import polars as pl


def divided(amount: pl.Expr, by: float) -> pl.Expr:
    """`amount` / `by` as Float64, rounded once.

    Polars multiplies a column by 1/`by`, but divides where there is one row only: the last bit of one listener's figure would
    depend on whether there is another listener. Dividing by a column divides.
    """
    return amount / (amount * 0 + by)


def minutes_of(ms: str) -> pl.Expr:
    """Minutes of a column of milliseconds."""
    return divided(pl.col(ms), 60_000)

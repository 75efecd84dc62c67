"""Divides by a constant with results that do not depend on the other rows of the frame."""

from __future__ import annotations

import polars as pl


def divided(amount: pl.Expr, by: float) -> pl.Expr:
    """Returns `amount` / `by` as Float64, rounded once.

    Polars multiplies a column by 1/`by`, but divides if there is only one row, so the last bit of a listener's figure would
    depend on whether there are other listeners. Dividing by a column always divides.
    """
    return amount / (amount * 0 + by)


def minutes_of(ms: str) -> pl.Expr:
    """Converts a column of milliseconds to minutes."""
    return divided(pl.col(ms), 60_000)

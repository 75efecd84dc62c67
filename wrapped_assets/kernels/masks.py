"""Days of a month kept as bits of one number."""

from __future__ import annotations

import polars as pl

_DAYS = range(31)


def days_of_mask(frame: pl.LazyFrame, mask: str, month: str, day: str) -> pl.LazyFrame:
    """One row per set bit, bit d being day d + 1 of `month` (YYYY-MM), with the date as `day` and without `mask`."""
    # 31 filters of the rows instead of 31 times the rows: only set bits are ever copied.
    parts = [
        frame.filter((pl.col(mask) & (1 << bit)) != 0).with_columns((pl.col(month) + f"-{bit + 1:02d}").str.to_date("%Y-%m-%d").alias(day))
        for bit in _DAYS
    ]
    return pl.concat(parts).drop(mask)

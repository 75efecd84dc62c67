"""Days of a month kept as bits of one number."""

from __future__ import annotations

import numpy as np
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


def longest_run(mask: str) -> pl.Expr:
    """Length of the longest run of set bits."""

    def lengths(masks: pl.Series) -> pl.Series:
        left = masks.to_numpy().copy()
        found = np.zeros(len(left), dtype=np.int64)
        while left.any():  # each round takes one bit off every run
            found += left != 0
            left &= left >> 1
        return pl.Series(found)

    return pl.col(mask).map_batches(lengths, return_dtype=pl.Int64, is_elementwise=True)

"""Reads the days of a month from the bits of a number."""

from __future__ import annotations

import numpy as np
import polars as pl

_BITS = 32


def days_of_mask(frame: pl.LazyFrame, mask: str, month: str, day: str) -> pl.LazyFrame:
    """Returns one row per set bit with its date as `day`, without `mask`; bit d is day d + 1 of `month` (YYYY-MM)."""

    def spread(rows: pl.DataFrame) -> pl.DataFrame:
        bits = np.unpackbits(rows[mask].to_numpy().astype("<u4").view(np.uint8), bitorder="little")
        found = np.flatnonzero(bits)
        months = rows.select(pl.col(month).unique()).with_columns(_first=(pl.col(month) + "-01").str.to_date("%Y-%m-%d"))
        repeated = rows.drop(mask).select(pl.all().gather(pl.Series(found // _BITS, dtype=pl.get_index_type())))
        first = repeated.select(month).join(months, on=month, how="left", maintain_order="left")["_first"].to_physical()
        return repeated.with_columns((first + pl.Series(found % _BITS, dtype=pl.Int32)).cast(pl.Date).alias(day))

    schema = {name: dtype for name, dtype in frame.collect_schema().items() if name != mask}
    return frame.map_batches(spread, schema={**schema, day: pl.Date()}, predicate_pushdown=False, projection_pushdown=False)


def longest_run(mask: str) -> pl.Expr:
    """Returns the length of the longest run of set bits."""

    def lengths(masks: pl.Series) -> pl.Series:
        left = masks.to_numpy().copy()
        found = np.zeros(len(left), dtype=np.int64)
        while left.any():  # each round removes one bit from every run
            found += left != 0
            left &= left >> 1
        return pl.Series(found)

    return pl.col(mask).map_batches(lengths, return_dtype=pl.Int64, is_elementwise=True)

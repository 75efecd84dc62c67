"""Ages as bands: whoever may not have had this year's birthday yet counts as a year younger.

Exports see them from the year after their edition, whenever they are made: nobody moves between two releases by growing older.
"""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl


def age_band(birth_year: str, year: int, starts: Sequence[int]) -> pl.Expr:
    """The band of a column of birth years as seen from `year`: 18–24, …, 50+ for starts 18, …, 50; null below the first, or unknown."""
    age = year - pl.col(birth_year).cast(pl.Int64) - 1
    ends = [*(start - 1 for start in starts[1:]), None]
    band = pl.lit(None, pl.String)
    for start, end in zip(starts, ends, strict=True):
        band = pl.when(age >= start).then(pl.lit(f"{start}+" if end is None else f"{start}–{end}")).otherwise(band)
    return band

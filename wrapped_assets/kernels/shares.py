"""Splits listens into even shares as whole numbers, so that sums do not depend on the rows' order."""

from __future__ import annotations

from math import lcm

import polars as pl

from wrapped_assets.kernels.division import divided

# The parts of one listen: a share of 1/n is whole for every n up to 30. A listener's year of three million listens fits into 64 bits.
PARTS = lcm(*range(1, 31))


def parts_of(count: str, share: str) -> pl.Expr:
    """Returns `count` × `share` in parts, with `share` = 1/n; exact up to n = 30, otherwise rounded down to whole parts per listen."""
    return pl.col(count) * pl.lit(PARTS, pl.Int64).floordiv((1 / pl.col(share)).round().cast(pl.Int64))


def numbered(names: pl.LazyFrame, name: str) -> pl.LazyFrame:
    """Returns each distinct text of column `name` with a `_number` from 0 on, in their order; numbers are grouped in half the time."""
    return names.select(pl.col(name).unique().sort()).with_row_index("_number")


def parts_by_recording(recording_genres: pl.LazyFrame, numbers: pl.LazyFrame) -> pl.LazyFrame:
    """Returns recording_id, the `_number` of each of its genres that has one, and in `_parts` what one listen gives to that genre."""
    one_listen = recording_genres.join(numbers, on="genre_name").with_columns(_one=pl.lit(1, pl.Int64))
    return one_listen.select("recording_id", "_number", _parts=parts_of("_one", "genre_share"))


def whole(parts: str) -> pl.Expr:
    """Converts parts to listens."""
    return divided(pl.col(parts), float(PARTS))

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


def whole(parts: str) -> pl.Expr:
    """Converts parts to listens."""
    return divided(pl.col(parts), float(PARTS))

"""Listens split into even shares, kept as whole numbers so that sums do not depend on the rows' order."""

from __future__ import annotations

from math import lcm

import polars as pl

from wrapped_assets.kernels.division import divided

# The parts of one listen: a share of 1/n is whole for every n up to 30. A listener's year of three million listens fits into 64 bits.
PARTS = lcm(*range(1, 31))


def parts_of(count: str, share: str) -> pl.Expr:
    """`count` × `share` in parts; `share` is 1/n. Exact up to n = 30, for larger n rounded down to whole parts for each listen."""
    return pl.col(count) * pl.lit(PARTS, pl.Int64).floordiv((1 / pl.col(share)).round().cast(pl.Int64))


def whole(parts: str) -> pl.Expr:
    """Parts as listens."""
    return divided(pl.col(parts), float(PARTS))

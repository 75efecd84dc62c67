"""Measures how evenly counts are spread."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from wrapped_assets.kernels.division import divided

_FINE = 1e9  # c·ln c is summed as whole numbers of this fraction, so that the sum does not depend on the rows' order


def evenness(parts: pl.LazyFrame, by: Sequence[str], count: str, name: str, rows: str = "_rows") -> pl.LazyFrame:
    """Returns `by`, `name`: the entropy of `count` over a group's rows divided by its maximum, or 0 for a single row; their number `rows`.

    Counts are positive whole numbers with a sum of at most 10⁸. The result is exact to about 10⁻⁸.
    """
    amount = pl.col(count)
    terms = parts.with_columns(_term=(amount.cast(pl.Float64) * amount.cast(pl.Float64).log() * _FINE).round().cast(pl.Int64))
    sums = terms.group_by(by).agg(_all=amount.sum().cast(pl.Float64), _terms=pl.col("_term").sum(), _rows=pl.len())
    sums = sums.with_columns(_parts=pl.col("_rows").cast(pl.Float64))
    entropy = pl.col("_all").log() - divided(pl.col("_terms"), _FINE) / pl.col("_all")
    even = pl.when(pl.col("_parts") > 1).then((entropy / pl.col("_parts").log()).clip(0, 1)).otherwise(0.0)
    return sums.select(*by, even.alias(name), pl.col("_rows").alias(rows))

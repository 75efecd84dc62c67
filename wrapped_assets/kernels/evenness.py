"""How evenly something is spread over its parts."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from wrapped_assets.kernels.division import divided

_FINE = 1e9  # parts of one in which c·ln c is summed: whole numbers, so that the sum does not depend on the rows' order


def evenness(parts: pl.LazyFrame, by: Sequence[str], count: str, name: str) -> pl.LazyFrame:
    """`by` and `name`: the entropy of `count` over a group's rows divided by the largest possible; 0 where there is one row.

    Counts are whole and positive. Exact to about 10⁻⁸ of a part; up to 10⁸ in all.
    """
    amount = pl.col(count)
    terms = parts.with_columns(_term=(amount.cast(pl.Float64) * amount.cast(pl.Float64).log() * _FINE).round().cast(pl.Int64))
    sums = terms.group_by(by).agg(_all=amount.sum().cast(pl.Float64), _terms=pl.col("_term").sum(), _parts=pl.len().cast(pl.Float64))
    entropy = pl.col("_all").log() - divided(pl.col("_terms"), _FINE) / pl.col("_all")
    return sums.select(*by, pl.when(pl.col("_parts") > 1).then((entropy / pl.col("_parts").log()).clip(0, 1)).otherwise(0.0).alias(name))

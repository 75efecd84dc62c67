"""How far the mix of a part lies from that of its whole: the Jensen–Shannon divergence."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from wrapped_assets.kernels.division import divided

_FINE = 1e9  # parts of one in which the terms are summed: whole numbers, so that the sum does not depend on the rows' order


def divergence(part: pl.LazyFrame, whole: pl.LazyFrame, by: Sequence[str], of: Sequence[str], kind: str, name: str) -> pl.LazyFrame:
    """`by` and `name`: the divergence, 0 to 1, of each part's mix from the mix of the whole that it is a part of.

    Both frames have a row per kind with a positive `listen_count`: `part` per `by`, `whole` per `of`, whose columns are among `by`.
    Every kind of a part is in its whole. Exact to about 10⁻⁸.
    """
    count = pl.col("listen_count")
    shares = part.with_columns(_p=count / count.sum().over(by)).join(
        whole.select(*of, kind, _q=count / count.sum().over(of)), on=[*of, kind]
    )
    p, q = pl.col("_p"), pl.col("_q")
    middle = (p + q) / 2
    # What the part lacks stands against nothing: all of its share counts, and it need not be looked at.
    terms = p * (p / middle).log(2) + q * (q / middle).log(2) - q
    sums = shares.with_columns(_term=(terms * _FINE).round().cast(pl.Int64)).group_by(by).agg(pl.col("_term").sum())
    return sums.select(*by, divided(divided(pl.col("_term"), _FINE) + 1, 2).clip(0, 1).alias(name))

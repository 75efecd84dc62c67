"""Computes the Jensen–Shannon divergence of a part's mix from the mix of its whole."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from wrapped_assets.kernels.division import divided

_FINE = 1e9  # terms are summed as whole numbers of this fraction, so that the sum does not depend on the rows' order


def divergence(part: pl.LazyFrame, whole: pl.LazyFrame, by: Sequence[str], of: Sequence[str], kind: str, name: str) -> pl.LazyFrame:
    """Returns `by` and `name`, the divergence (0 to 1) of each part's mix from that of its whole.

    Both frames have a row per kind with a positive `listen_count`: `part` per `by`, `whole` per `of`, whose columns are among `by`.
    Every kind of a part is in its whole. Exact to about 10⁻⁸.
    """
    count = pl.col("listen_count")
    shares = part.with_columns(_p=count / count.sum().over(by)).join(
        whole.select(*of, kind, _q=count / count.sum().over(of)), on=[*of, kind]
    )
    p, q = pl.col("_p"), pl.col("_q")
    middle = (p + q) / 2
    # A kind that the part lacks contributes its whole share, so only the kinds that the part has need to be summed.
    terms = p * (p / middle).log(2) + q * (q / middle).log(2) - q
    sums = shares.with_columns(_term=(terms * _FINE).round().cast(pl.Int64)).group_by(by).agg(pl.col("_term").sum())
    return sums.select(*by, divided(divided(pl.col("_term"), _FINE) + 1, 2).clip(0, 1).alias(name))

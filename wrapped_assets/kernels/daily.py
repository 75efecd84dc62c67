"""Plays summed per group and local day."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl


def daily(plays: pl.LazyFrame, by: Sequence[str], counted: pl.Expr) -> pl.LazyFrame:
    """Per group and local_date: listen_count, ms_played and first_listened_at of the counted plays, first_heard_at of all."""
    return (
        plays.with_columns(_counted=counted)
        .group_by(*by, "local_date")
        .agg(
            listen_count=pl.col("_counted").sum().cast(pl.Int64),
            ms_played=(pl.col("ms_played") * pl.col("_counted")).sum(),
            first_listened_at=pl.when("_counted").then("listened_at").min(),
            first_heard_at=pl.col("listened_at").min(),
        )
    )

"""Counts listeners and listens by country."""

from __future__ import annotations

import polars as pl


def counts_by_country(heard: pl.LazyFrame, by: str, profiles: pl.LazyFrame) -> pl.LazyFrame:
    """Returns listener_count and listen_count per `by` and chart_country, and per `by` overall, where chart_country is empty.

    `heard` has one row per `by` and listener, with listen_count; rows without a listen do not count. Listeners whose country `profiles`
    does not know count overall.
    """
    homes = profiles.select("listener_id", chart_country="country")
    counted = (
        heard.filter(pl.col("listen_count") > 0)
        .join(homes, on="listener_id", how="left")
        .group_by(by, "chart_country")
        .agg(listener_count=pl.len().cast(pl.Int64), listen_count=pl.col("listen_count").sum())
    )
    everywhere = counted.group_by(by).agg(pl.col("listener_count", "listen_count").sum()).with_columns(chart_country=pl.lit(""))
    return pl.concat([everywhere, counted.drop_nulls("chart_country")], how="diagonal")

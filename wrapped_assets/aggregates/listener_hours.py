"""Counts each listener's listens by hour of the week."""

from __future__ import annotations

import polars as pl

from wrapped_assets.contracts.declaration import declare
from wrapped_assets.kernels.slots import counts_by_slot
from wrapped_assets.vocabulary import columns as c


@declare(
    layer="aggregates",
    kind="month_bucket",
    grain=[c.listener_id, c.local_weekday, c.local_hour, c.month],
    columns=[c.listen_count],
    reads={"listens": [c.listener_id, c.local_date, c.local_hour]},
)
def listener_hours(listens: pl.LazyFrame) -> pl.LazyFrame:
    """One hour of the local week of one listener in one month; hours without a listen have no row.

    No ties: nothing is ranked.

    Example: `local_weekday` 1, `local_hour` 8, `listen_count` 16: sixteen listens on the month's Mondays between eight and nine.
    """
    hour_of_week = (pl.col("local_date").dt.weekday().cast(pl.Int16) - 1) * 24 + pl.col("local_hour")
    counted = counts_by_slot(listens, "listener_id", hour_of_week, 7 * 24)
    hour = {"local_weekday": (pl.col("slot") // 24 + 1).cast(pl.Int8), "local_hour": (pl.col("slot") % 24).cast(pl.Int8)}
    return counted.select("listener_id", **hour, listen_count="listen_count")

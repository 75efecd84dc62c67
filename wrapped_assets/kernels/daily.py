"""Sums plays per group and local day, and finds the best day."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl


def daily(plays: pl.LazyFrame, by: Sequence[str], counted: pl.Expr) -> pl.LazyFrame:
    """Returns, per group and local_date, listen_count, ms_played and first_listened_at of the counted plays, and first_heard_at of all."""
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


# One number encodes a day, so that the best day is a maximum: listens, then the days left in the month, then the first listen.
_DAY, _INSTANT = 1 << 32, (1 << 32) - 1
_COUNT = _DAY << 5
_DAYS_BEFORE, _DAY_MS = 2, 86_400_000  # a local month begins up to 14 hours before UTC's


def best_day() -> pl.Expr:
    """A number per row of `daily`; its maximum over days of one month is the best one (most listens, then the earliest)."""
    left = 31 - pl.col("local_date").dt.day().cast(pl.Int64)
    at = (pl.col("first_listened_at").dt.epoch("ms") - _start(pl.col("local_date").dt.month_start())).fill_null(0)
    return pl.col("listen_count") * _COUNT + left * _DAY + at


def unpacked_best_day(packed: str, first_day: pl.Expr) -> dict[str, pl.Expr]:
    """Unpacks such a number into best_local_date, best_day_listen_count and best_day_first_listened_at (null without listens).

    `first_day` is the first one of the month.
    """
    best = pl.col(packed)
    at = pl.from_epoch((best & _INSTANT) + _start(first_day), "ms").dt.cast_time_unit("ms").dt.replace_time_zone("UTC")
    days = 30 - (best // _DAY) % 32
    return {
        "best_local_date": (first_day.cast(pl.Int32) + days).cast(pl.Int32).cast(pl.Date),
        "best_day_listen_count": best // _COUNT,
        "best_day_first_listened_at": pl.when(best >= _COUNT).then(at),
    }


def _start(first_day: pl.Expr) -> pl.Expr:
    return (first_day.cast(pl.Int32).cast(pl.Int64) - _DAYS_BEFORE) * _DAY_MS

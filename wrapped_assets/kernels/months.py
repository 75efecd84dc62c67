"""Figures of a month inside one listener: per recording or artist, and per local day."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from types import MappingProxyType

import numpy as np
import polars as pl

from wrapped_assets.acceleration import can_run, run
from wrapped_assets.kernels.daily import best_day, daily, unpacked_best_day
from wrapped_assets.kernels.engines import engine_for
from wrapped_assets.kernels.grouping import groups_of, has_nulls
from wrapped_assets.kernels.inside.month import counts_of_days, figures_of_days, figures_of_months
from wrapped_assets.kernels.inside.ordering import NEVER
from wrapped_assets.kernels.ranking import first_per

_INSTANT = pl.Datetime("ms", "UTC")
_OF_MONTHS = MappingProxyType({
    "listen_count": pl.Int64(), "ms_played": pl.Int64(), "first_listened_at": _INSTANT, "first_heard_at": _INSTANT,
    "first_heard_date": pl.Date(), "last_heard_date": pl.Date(), "active_day_count": pl.Int64(), "day_mask": pl.Int64(),
    "best_local_date": pl.Date(), "best_day_listen_count": pl.Int64(), "best_day_first_listened_at": _INSTANT,
})  # fmt: skip
_OF_DAYS = MappingProxyType({
    "listener_id": pl.Int64(), "local_date": pl.Date(), "listen_count": pl.Int64(), "first_listened_at": _INSTANT,
    "first_recording_id": pl.Int64(), "recording_count": pl.Int64(), "top_recording_id": pl.Int64(),
})  # fmt: skip


def figures_of_month(plays: pl.LazyFrame, key: str, counted: pl.Expr) -> pl.LazyFrame:
    """Returns one row per listener and `key` of plays. Each listener's are of one month.

    Of the counted plays: listen_count, ms_played, first_listened_at, active_day_count, day_mask (bit d is day d + 1), and of the day with
    most of them, of equals the earliest, best_local_date, best_day_listen_count and best_day_first_listened_at. Of all plays:
    first_heard_at, first_heard_date, last_heard_date. A group without a counted play has 0 listens; its best day is its first one.
    """

    def figures(rows: pl.DataFrame) -> pl.DataFrame:
        if can_run(rows.height) and (first_day := _only_month_of(rows)):
            return _figures_of_month(rows, key, first_day)
        return figures_of_month_reference(rows.lazy(), key).collect(engine=engine_for(rows.height))

    rows = plays.select("listener_id", key, "local_date", "listened_at", "ms_played", _counted=counted)
    schema = {"listener_id": pl.Int64(), key: pl.Int64(), **_OF_MONTHS}
    return rows.map_batches(figures, schema=schema, predicate_pushdown=False, projection_pushdown=False)


def figures_of_month_reference(rows: pl.LazyFrame, key: str) -> pl.LazyFrame:
    """The same by Polars."""
    day = pl.lit(2, pl.Int64).pow(pl.col("local_date").dt.day().cast(pl.Int64) - 1)
    days = daily(rows, ["listener_id", key], counted=pl.col("_counted"))
    return (
        days.group_by("listener_id", key)
        .agg(
            pl.col("listen_count", "ms_played").sum(),
            pl.col("first_listened_at", "first_heard_at").min(),
            first_heard_date=pl.col("local_date").min(),
            last_heard_date=pl.col("local_date").max(),
            active_day_count=(pl.col("listen_count") > 0).sum().cast(pl.Int64),
            day_mask=day.filter(pl.col("listen_count") > 0).sum(),
            _best=best_day().max(),
        )
        .with_columns(**unpacked_best_day("_best", pl.col("first_heard_date").dt.month_start()))
        .select("listener_id", key, *(pl.col(name).cast(dtype) for name, dtype in _OF_MONTHS.items()))
    )


def _figures_of_month(rows: pl.DataFrame, key: str, first_day: date) -> pl.DataFrame:
    listener, keys, day, at, ms = _arrays(rows, key, first_day)
    order, starts = groups_of(listener, keys)
    heads = order[starts[:-1]]
    (listens, played, first, heard), (heard_first, heard_last), (days, mask), (best, best_listens, best_first) = run(
        figures_of_months, order, starts, day, at, ms, rows["_counted"].to_numpy()
    )
    return pl.DataFrame({
        "listener_id": listener[heads], key: keys[heads], "listen_count": listens, "ms_played": played,
        "first_listened_at": _instants(first), "first_heard_at": _instants(heard),
        "first_heard_date": _dates(first_day, heard_first), "last_heard_date": _dates(first_day, heard_last),
        "active_day_count": days, "day_mask": mask, "best_local_date": _dates(first_day, best), "best_day_listen_count": best_listens,
        "best_day_first_listened_at": _instants(best_first),
    })  # fmt: skip


def songs_of_days(listens: pl.LazyFrame) -> pl.LazyFrame:
    """Returns one row per listener and local day of listens.

    listen_count, recording_count, first_listened_at, first_recording_id (at the same instant the smaller id), and top_recording_id: most
    listens, then played longest, then heard first, then the smaller id.
    """

    def figures(rows: pl.DataFrame) -> pl.DataFrame:
        if not can_run(rows.height) or not (first_day := _only_month_of(rows)):
            return songs_of_days_reference(rows.lazy()).collect(engine=engine_for(rows.height))
        listener, keys, day, at, ms = _arrays(rows, "recording_id", first_day)
        order, starts = groups_of(listener, keys)
        whose, when, count, first, first_key, distinct, top = run(figures_of_days, listener, keys, order, starts, day, at, ms)
        return pl.DataFrame({
            "listener_id": whose, "local_date": _dates(first_day, when), "listen_count": count, "first_listened_at": _instants(first),
            "first_recording_id": first_key, "recording_count": distinct, "top_recording_id": top,
        })  # fmt: skip

    rows = listens.select("listener_id", "recording_id", "local_date", "listened_at", "ms_played")
    return rows.map_batches(figures, schema={**_OF_DAYS}, predicate_pushdown=False, projection_pushdown=False)


def songs_of_days_reference(listens: pl.LazyFrame) -> pl.LazyFrame:
    """The same by Polars."""
    day = ["listener_id", "local_date"]
    songs = daily(listens, ["listener_id", "recording_id"], counted=pl.lit(value=True))
    counted = songs.group_by(day).agg(
        pl.col("listen_count").sum(), pl.col("first_listened_at").min(), recording_count=pl.len().cast(pl.Int64)
    )
    first = songs.join(counted.select(*day, "first_listened_at"), on=[*day, "first_listened_at"], how="inner")
    top = first_per(songs, day, order=["-listen_count", "-ms_played", "first_listened_at", "recording_id"])
    return (
        counted.join(first.group_by(day).agg(first_recording_id=pl.col("recording_id").min()), on=day, how="left")
        .join(top.select(*day, top_recording_id="recording_id"), on=day, how="left")
        .select(pl.col(name).cast(dtype) for name, dtype in _OF_DAYS.items())
    )


def counts_by_day(listens: pl.LazyFrame, by: Sequence[str]) -> pl.LazyFrame:
    """Returns one row per pair of the two ids `by` and local day of listens, with listen_count; rows in any order."""

    def counts(rows: pl.DataFrame) -> pl.DataFrame:
        if not can_run(rows.height) or not (first_day := _only_month_of(rows)):
            return counts_by_day_reference(rows.lazy(), by).collect(engine=engine_for(rows.height))
        one, two = (rows[name].to_numpy() for name in by)
        order, starts = groups_of(one, two)
        group, when, count = run(counts_of_days, order, starts, _days(rows, first_day))
        heads = order[starts[:-1]][group]
        return pl.DataFrame({by[0]: one[heads], by[1]: two[heads], "local_date": _dates(first_day, when), "listen_count": count})

    schema = {by[0]: pl.Int64(), by[1]: pl.Int64(), "local_date": pl.Date(), "listen_count": pl.Int64()}
    return listens.select(*by, "local_date").map_batches(counts, schema=schema, predicate_pushdown=False, projection_pushdown=False)


def counts_by_day_reference(listens: pl.LazyFrame, by: Sequence[str]) -> pl.LazyFrame:
    """The same by Polars."""
    return listens.group_by(*by, "local_date").agg(listen_count=pl.len().cast(pl.Int64))


def _only_month_of(rows: pl.DataFrame) -> date | None:
    """The first day of the month that all days are of, if there is one and nothing is null: rows that kernels can read."""
    if not rows.height or has_nulls(rows):
        return None
    first_day = rows["local_date"].min().replace(day=1)
    return first_day if rows["local_date"].max().replace(day=1) == first_day else None


def _arrays(rows: pl.DataFrame, key: str, first_day: date) -> list[np.ndarray]:
    columns = (rows["listener_id"], rows[key], rows["listened_at"].to_physical(), rows["ms_played"])
    listener, keys, instants, ms = (one.to_numpy() for one in columns)
    return [listener, keys, _days(rows, first_day), instants, ms]


def _days(rows: pl.DataFrame, first_day: date) -> np.ndarray:
    return rows["local_date"].to_physical().to_numpy() - np.int32(_first(first_day))


def _first(first_day: date) -> int:
    return (first_day - date(1970, 1, 1)).days


def _dates(first_day: date, days: np.ndarray) -> pl.Series:
    return pl.Series((days + _first(first_day)).astype(np.int32)).cast(pl.Date)


def _instants(milliseconds: np.ndarray) -> pl.Series:
    found, is_known = pl.Series(milliseconds).cast(_INSTANT), milliseconds != NEVER
    return found if is_known.all() else found.zip_with(pl.Series(is_known), pl.Series([None], dtype=_INSTANT))

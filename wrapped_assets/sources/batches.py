"""Checks rows and packs them into batches of plays and rejected rows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice

import polars as pl

from wrapped_assets.contracts.source import PLAY_SCHEMA, REJECTED_SCHEMA, TRACK_SCHEMA, Batch
from wrapped_assets.sources import times
from wrapped_assets.sources.rows import DAY_MS, Row

ROWS_PER_BATCH = 50_000  # about 20 MB of frames: large enough for Polars, small enough for a laptop

ROW_SCHEMA: dict[str, pl.DataType] = {
    "row_number": pl.Int64(),
    "reason": pl.String(),
    "time_text": pl.String(),
    "ms_before_time": pl.Int64(),
    **TRACK_SCHEMA,
    "listener": pl.String(),
    "ms_played": pl.Int64(),
    "is_scrobble": pl.Boolean(),
    "is_private": pl.Boolean(),
    "is_skipped": pl.Boolean(),
    "device_code": pl.UInt8(),
    "unread_bytes": pl.Int64(),
}


def batches_of(rows: Iterable[Row], instant: times.Instant) -> Iterator[Batch]:
    """Batches of at most ROWS_PER_BATCH rows, in the order of the file; nothing for no rows."""
    remaining = iter(rows)
    while chunk := list(islice(remaining, ROWS_PER_BATCH)):
        yield checked(frame_of(chunk), instant)


def frame_of(rows: list[Row]) -> pl.DataFrame:
    """At least one row as a frame of ROW_SCHEMA."""
    columns = zip(Row._fields, zip(*rows, strict=True), strict=True)
    return pl.DataFrame([pl.Series(name, list(values), dtype=ROW_SCHEMA[name]) for name, values in columns])


def checked(frame: pl.DataFrame, instant: times.Instant) -> Batch:
    """The rows of ROW_SCHEMA split into plays and rejected rows, each with the first reason that holds."""
    start_ms = instant(pl.col("time_text")) - pl.col("ms_before_time")
    judged = frame.with_columns(start_ms=start_ms).with_columns(
        reason=pl.coalesce("reason", time_reason("time_text", "start_ms"), played_reason(), name_reason())
    )
    accepted = judged.filter(pl.col("reason").is_null())
    plays = accepted.select(
        pl.col("start_ms").cast(dtype).alias(name) if name == "listened_at" else pl.col(name) for name, dtype in PLAY_SCHEMA.items()
    )
    rejected = judged.filter(pl.col("reason").is_not_null())
    return Batch(plays, rejected.select(REJECTED_SCHEMA.keys()), unread_bytes=rejected["unread_bytes"].sum())


def time_reason(text: str, start_ms: str) -> pl.Expr:
    """Why the start is not believable; null where it is."""
    start = pl.col(start_ms)
    return (
        pl.when(pl.col(text).is_null())
        .then(pl.lit("missing_time"))
        .when(start.is_null())
        .then(pl.lit("invalid_time"))
        .when(start < times.EARLIEST_MS)
        .then(pl.lit("too_early"))
        .when(start > times.latest_ms())
        .then(pl.lit("future_time"))
    )


def played_reason() -> pl.Expr:
    """Why the time played is not believable; null where it is, or where the source does not say."""
    played = pl.col("ms_played")
    return pl.when(played < 0).then(pl.lit("negative_duration")).when(played > DAY_MS).then(pl.lit("implausible_duration"))


def name_reason() -> pl.Expr:
    """What a row lacks to be a play of something; a podcast or an audiobook may come without an artist."""
    is_music = pl.col("media").is_in(["music", "video"])
    return (
        pl.when(pl.col("title").is_null())
        .then(pl.lit("missing_title"))
        .when(is_music & pl.col("artist_credit").is_null())
        .then(pl.lit("missing_artist"))
    )

"""ListenBrainz' public dump for Spark: Parquet with one listen a row, of all listeners. The largest open listening history there is."""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO

import polars as pl

from wrapped_assets.contracts.source import Batch, Head, Source
from wrapped_assets.sources import event_log, richness
from wrapped_assets.sources.parquet_rows import LostRows, fitting, frames
from wrapped_assets.sources.recordings_beside import WANTED

NAMES = {
    "user_id": "listener",
    "listened_at": "listened_at",
    "recording_name": "recording_name",
    "artist_name": "artist_name",
    "release_name": "release_group_name",
    "recording_mbid": "recording_mbid",
    "release_mbid": "release_mbid",
    "artist_credit_mbids": "artist_mbids",
}
SECONDS_UNTIL = 10**11  # a larger number counts milliseconds


def recognises(head: Head) -> bool:
    """A Parquet file with the dump's columns."""
    return {"user_id", "listened_at", "recording_name", "artist_name"} <= set(head.column_names) and "listener" not in head.column_names


def read(stream: BinaryIO, head: Head) -> Iterator[Batch]:
    """Scrobbles in the order of the file; the listener is known by the number that ListenBrainz gave."""
    first_row = 0
    for frame in frames(stream, [name for name in head.column_names if name in NAMES], event_log.ROWS_PER_BATCH):
        if isinstance(frame, LostRows):
            yield event_log.lost(first_row, frame)
            first_row += frame.rows
            continue
        renamed = frame.rename({name: ours for name, ours in NAMES.items() if name in frame.columns})
        known = fitting(renamed, {"listener": pl.String(), **WANTED})
        log = known.with_columns(_milliseconds(known), pl.col("listener").cast(pl.String), is_scrobble=pl.lit(value=True))
        yield event_log.batch(*event_log.inline_tracks(log), first_row)
        first_row += frame.height


def _milliseconds(frame: pl.DataFrame) -> pl.Expr:
    """`listened_at` in the event log's unit; the dump has instants or, in its older form, seconds."""
    if not frame.schema["listened_at"].is_numeric():
        return pl.col("listened_at")
    at = pl.col("listened_at").cast(pl.Int64, strict=False)
    return pl.when(at < SECONDS_UNTIL).then(at * 1000).otherwise(at).alias("listened_at")


LISTENBRAINZ_SPARK = Source(
    name="listenbrainz_spark",
    code=17,
    title="ListenBrainz public dump for Spark (Parquet)",
    richness=richness.LISTENBRAINZ_SPARK,
    resolution_seconds=60,
    recognises=recognises,
    read=read,
)

"""A service's event log in Parquet: `listener`, `listened_at`, `ms_played`, `recording`, with the texts beside or in the rows.

Texts that stand once, in a companion `recordings.parquet` keyed by `recording`, are the fast form. All batches carry the same table of
tracks, so that what is known of a track is worked out once. Memory is bounded by the batch and a few bytes for each recording beside.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO

import numpy as np
import polars as pl

from wrapped_assets.contracts.source import CODED_PLAY_SCHEMA, REJECTED_SCHEMA, TRACK_SCHEMA, Batch, Head, ManyTracks, Source
from wrapped_assets.sources import richness, times
from wrapped_assets.sources.batches import played_reason, time_reason
from wrapped_assets.sources.parquet_rows import LostRows, can_be, fitting, frames, texts_of_bytes
from wrapped_assets.sources.recordings_beside import RECORDINGS, TEXTS, WANTED, companion_of, faults_of, track_columns
from wrapped_assets.vocabulary.devices import CODES

LISTENERS = "listeners.parquet"
ROWS_PER_BATCH = 500_000  # about 40 MB: codes are small, and the join with the recordings is paid once a batch
# Files that may lie beside a log and are read by others: `wrapped catalogue import` and `wrapped consent import`.
BESIDE = frozenset(f"{name}.parquet" for name in ("artists", "release_groups", "genres", "places", "consents"))
LISTENER_SCHEMA = {
    "listener": pl.String(), "time_zone": pl.String(), "country": pl.String(), "birth_year": pl.Int32(), "place": pl.String(),
}  # fmt: skip
WORDS = {word: value for value, words in ((True, "true t yes y 1 1.0"), (False, "false f no n 0 0.0")) for word in words.split()}
FLAGS = ("is_scrobble", "is_private", "is_skipped")
NO_PLAYS, NO_ROWS, NO_TRACKS = (pl.DataFrame(schema=schema) for schema in (CODED_PLAY_SCHEMA, REJECTED_SCHEMA, TRACK_SCHEMA))


def recognises(head: Head) -> bool:
    """A Parquet file of plays, or the listeners that belong to it."""
    names = set(head.column_names)
    has_texts = "recording" in names or {"recording_name", "artist_name"} <= names or {"recording_name", "artist_names"} <= names
    return (names >= {"listener", "listened_at"} and has_texts) or is_listeners(head)


def is_listeners(head: Head) -> bool:
    """Whether this is the table of listeners."""
    return head.name == LISTENERS and "listener" in head.column_names


def read(stream: BinaryIO, head: Head) -> Iterator[Batch]:
    """Coded batches, one per half million rows, row groups in the order of the file. `stream` must be seekable."""
    if is_listeners(head):
        yield Batch(NO_PLAYS, NO_ROWS, tracks=NO_TRACKS, listeners=_listeners(stream))
        return
    names = set(head.column_names)
    companion = None if names & set(TEXTS.values()) else companion_of(head)
    wanted = {"listener", "listened_at", "ms_played", *FLAGS, "device"}
    wanted |= {"recording"} if companion is not None else {TEXTS.get(name, name) for name in TRACK_SCHEMA}
    first_row = 0
    for frame in frames(stream, [name for name in head.column_names if name in wanted], ROWS_PER_BATCH, ["listener"]):
        if isinstance(frame, LostRows):
            yield lost(first_row, frame)
            first_row += frame.rows
            continue
        frame = fitting(frame, {"listener": pl.String(), **WANTED})
        if companion is None:
            yield batch(*inline_tracks(frame), first_row)
        else:
            keyed = frame.with_columns(track=companion.places(frame["recording"]).astype(np.uint32))
            yield batch(keyed, companion.tracks, first_row, companion.faults)
        first_row += frame.height


def lost(first_row: int, rows: LostRows) -> Batch:
    """The batch of rows that cannot be read."""
    number = pl.int_range(first_row, first_row + rows.rows, dtype=pl.Int64, eager=True)
    rejected = pl.DataFrame({"row_number": number}).with_columns(reason=pl.lit("unreadable_row"))
    return Batch(NO_PLAYS, _conformed(rejected, REJECTED_SCHEMA), tracks=NO_TRACKS, unread_bytes=rows.size)


def _listeners(stream: BinaryIO) -> pl.DataFrame:
    table = pl.read_parquet(stream, glob=False)
    return _conformed(table, LISTENER_SCHEMA).filter(pl.col("listener").is_not_null()).unique("listener", keep="first", maintain_order=True)


def inline_tracks(frame: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The rows with `track`, and the tracks: one for each set of texts and ids."""
    texts = frame.select(track_columns(frame))
    groups = texts.with_row_index("row").group_by(TRACK_SCHEMA.keys(), maintain_order=True).agg("row").with_row_index("track")
    codes = groups.select("track", "row").explode("row").sort("row")["track"]
    return frame.with_columns(codes.alias("track")), groups.select(TRACK_SCHEMA.keys())


def _conformed(table: pl.DataFrame, schema: dict[str, pl.DataType]) -> pl.DataFrame:
    return table.select(
        (pl.col(name) if name in table.columns else pl.lit(None)).cast(dtype, strict=False).alias(name) for name, dtype in schema.items()
    )


def batch(keyed: pl.DataFrame, tracks: pl.DataFrame | ManyTracks, first_row: int, faults: pl.Series | None = None) -> Batch:
    """The rows of a log, whose `track` is a row of `tracks`, split into plays and rejected rows.

    `faults` says why a track's plays are refused; where it is not given, it is worked out.
    """
    listened_at = keyed.schema["listened_at"]
    start = pl.col("listened_at")
    if listened_at == pl.Datetime:
        start_ms = start.dt.epoch("ms")
    elif listened_at in (pl.String, pl.Binary):
        keyed = keyed.with_columns(texts_of_bytes(keyed["listened_at"]))
        listened_at = keyed.schema["listened_at"]
        start_ms = times.iso_utc(start)
    elif listened_at.is_numeric():
        start_ms = times.epoch_milliseconds(start.cast(pl.Int64, strict=False))
    else:  # a day alone, or something else that is no instant
        start_ms = pl.lit(None, dtype=pl.Int64)
    frame = keyed.with_columns(start_ms=start_ms, ms_played=_played(keyed))
    whose = pl.when(pl.col("listener").is_null()).then(pl.lit("not_an_object"))
    faults = faults_of(tracks) if faults is None else faults
    why_track = faults.gather(frame["track"]).cast(pl.String) if faults.null_count() < len(faults) else pl.lit(None, dtype=pl.String)
    judged = frame.with_columns(reason=pl.coalesce(time_reason("listened_at", "start_ms"), whose, played_reason(), why_track))
    plain = judged["reason"].null_count() == judged.height
    rejected = judged.with_row_index("row_number", offset=first_row).filter(pl.col("reason").is_not_null()) if not plain else judged.head(0)
    accepted = judged if plain else judged.filter(pl.col("reason").is_null())
    flags = {"is_scrobble": pl.lit(value=False)}
    plays = accepted.select(
        pl.col("listener") if accepted.schema["listener"] == pl.Categorical else pl.col("listener").cast(pl.String).cast(pl.Categorical),
        pl.col("start_ms").cast(pl.Datetime("ms", "UTC")).alias("listened_at"),
        "ms_played",
        *(
            (_flag(accepted, name) if name in accepted.columns else flags.get(name, pl.lit(None, dtype=pl.Boolean))).alias(name)
            for name in FLAGS
        ),
        _device(accepted).alias("device_code"),
        pl.col("track").cast(pl.UInt32),
    )
    time_text = pl.col("listened_at").cast(pl.String, strict=False) if can_be(listened_at, pl.String()) else pl.lit(None, dtype=pl.String)
    told = rejected.with_columns(time_text=time_text).hstack(tracks[rejected["track"].to_list()].select("title", "artist_credit"))
    return Batch(plays.select(CODED_PLAY_SCHEMA.keys()), _conformed(told, REJECTED_SCHEMA), tracks=tracks)


def _played(rows: pl.DataFrame) -> pl.Expr:
    """Milliseconds: of a number or its digits as they stand, of a duration in its own unit, and null for anything else."""
    dtype, played = rows.schema.get("ms_played"), pl.col("ms_played")
    if isinstance(dtype, pl.Duration):
        return played.dt.total_milliseconds()
    return played.cast(pl.Int64, strict=False) if dtype == pl.String or (dtype and dtype.is_numeric()) else pl.lit(None, dtype=pl.Int64)


def _flag(rows: pl.DataFrame, name: str) -> pl.Expr:
    """True or false, also from numbers and words; null for any other word."""
    if rows.schema[name] in (pl.String, pl.Categorical):
        words = pl.col(name).cast(pl.String).str.strip_chars().str.to_lowercase()
        return words.replace_strict(WORDS, default=None, return_dtype=pl.Boolean)
    return pl.col(name).cast(pl.Boolean)


def _device(rows: pl.DataFrame) -> pl.Expr:
    """The code of `device`, one of `vocabulary.devices.DEVICES`; that of "other" for anything else."""
    if "device" not in rows.columns:
        return pl.lit(None, dtype=pl.UInt8)
    code = pl.col("device").cast(pl.String).replace_strict(CODES, default=CODES["other"], return_dtype=pl.UInt8)
    return pl.when(pl.col("device").is_not_null()).then(code)


EVENT_LOG = Source(
    name="event_log",
    code=10,
    title="Event log of a service (Parquet)",
    richness=richness.EVENT_LOG,
    resolution_seconds=1,
    recognises=recognises,
    read=read,
    companions=BESIDE | {RECORDINGS},
)

"""The recordings beside an event log, by the key that its rows have."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import BinaryIO

import numpy as np
import polars as pl
import xxhash

from wrapped_assets.contracts.errors import InputError
from wrapped_assets.contracts.source import TRACK_SCHEMA, Head, ManyTracks
from wrapped_assets.sources.batches import name_reason
from wrapped_assets.sources.parquet_rows import DAMAGE, fitting
from wrapped_assets.storage.spool import ROWS_PER_PIECE, Spool

RECORDINGS = "recordings.parquet"
TEXTS = {"title": "recording_name", "artist_credit": "artist_name"}  # ours -> the log's, where they differ
WANTED = {TEXTS.get(name, name): dtype for name, dtype in TRACK_SCHEMA.items()}
MOST_IN_MEMORY = 200_000  # recordings: about 60 MB, and as much again once they are coded
_BYTES_AT_ONCE = 1 << 20
_READ: dict[str, Companion] = {}  # the last companion, by its content


def companion_of(head: Head) -> Companion:
    """The recordings beside a log. InputError where there are none, or none with a key."""
    stream = head.companion(RECORDINGS)
    if stream is None:
        raise InputError(
            f"the event log names its recordings by key: put {RECORDINGS} (recording, recording_name, artist_name, …) next to it"
        )
    with stream:
        digest = _digest(stream)
        if digest not in _READ:  # a log has hundreds of files and one companion
            _READ.clear()
            _READ[digest] = _read(stream)
        return _READ[digest]


def _digest(stream: BinaryIO) -> str:
    digest = xxhash.xxh3_128()
    while content := stream.read(_BYTES_AT_ONCE):
        digest.update(content)
    stream.seek(0)
    return digest.hexdigest()


def _read(stream: BinaryIO) -> Companion:
    import pyarrow.parquet as pq

    with suppress(*DAMAGE):  # which reading it whole says in its own words
        file = pq.ParquetFile(stream)
        if file.metadata.num_rows > MOST_IN_MEMORY:
            return _on_disk(file)
    stream.seek(0)
    return _companion(pl.read_parquet(stream.read(), glob=False))


def _on_disk(file) -> Companion:
    """The companion of a long table, of which memory holds keys and faults alone."""
    keys, faults = list[pl.Series](), list[pl.Series]()
    columns = [name for name in file.schema_arrow.names if name in {"recording", *WANTED}]

    def tracks() -> Iterator[pl.DataFrame]:
        for batch in file.iter_batches(ROWS_PER_PIECE, columns=columns):
            table = _fitting(pl.DataFrame(pl.from_arrow(batch)))
            found = table.select(track_columns(table))
            keys.append(table["recording"])
            faults.append(faults_of(found).cast(pl.Categorical))
            yield found
        yield found.clear(1)
        faults.append(faults_of(found.clear(1)).cast(pl.Categorical))

    spool = Spool(TRACK_SCHEMA, tracks())
    rows = pl.concat(keys).to_frame("recording").with_row_index("row")
    ordered = rows.drop_nulls("recording").unique("recording", keep="first", maintain_order=True).sort("recording")
    return Companion(ordered["recording"], spool, pl.concat(faults), np.append(ordered["row"].to_numpy(), np.uint32(spool.height - 1)))


@dataclass(frozen=True)
class Companion:
    """The recordings' keys in order, each once; `rows` has the row of each, and then that of all unknown keys.

    `tracks` and `faults` (why a track's plays are refused) have these rows; the last one has no names.
    """

    keys: pl.Series
    tracks: pl.DataFrame | ManyTracks
    faults: pl.Series
    rows: np.ndarray

    def places(self, keys: pl.Series) -> np.ndarray:
        """The row of each key."""
        return self.rows[self._places(keys)]

    def _places(self, keys: pl.Series) -> np.ndarray:
        unknown = len(self.keys)
        if not self.keys.dtype.is_integer():  # about five times slower than numbers
            wanted = keys.cast(self.keys.dtype, strict=False).to_frame("recording")
            found = self.keys.to_frame("recording").with_row_index("place").join(wanted.unique(), on="recording", how="inner")
            return wanted.join(found, on="recording", how="left", maintain_order="left")["place"].fill_null(unknown).to_numpy()
        ordered, numbers = self.keys.to_numpy(), keys.cast(self.keys.dtype, strict=False)
        wanted = numbers.fill_null(0).to_numpy()
        is_dense = unknown > 0 and ordered[0] == 0 and ordered[-1] == unknown - 1  # 0, 1, 2, …: a key is its own place
        places = wanted.astype(np.int64) if is_dense else np.searchsorted(ordered, wanted)
        inside = np.clip(places, 0, max(unknown - 1, 0))
        is_known = (ordered[inside] == wanted) & numbers.is_not_null().to_numpy() if unknown else np.zeros(len(wanted), dtype=bool)
        return np.where(is_known, inside, unknown)


def _companion(table: pl.DataFrame) -> Companion:
    table = _fitting(table)
    named = table.filter(pl.col("recording").is_not_null()).select("recording", *track_columns(table))
    ordered = named.unique("recording", keep="first", maintain_order=True).sort("recording")
    tracks = pl.concat([ordered, ordered.clear(1)]).select(TRACK_SCHEMA.keys())
    return Companion(ordered["recording"], tracks, faults_of(tracks), np.arange(tracks.height))


def _fitting(table: pl.DataFrame) -> pl.DataFrame:
    if "recording" not in table.columns:
        raise InputError(f"{RECORDINGS} has no column `recording`, the key that the event log uses")
    return fitting(table, WANTED)


def faults_of(tracks: pl.DataFrame) -> pl.Series:
    """Why the plays of each track are refused; null where they are not."""
    return tracks.select(reason=name_reason())["reason"]


def track_columns(table: pl.DataFrame) -> list[pl.Expr]:
    """TRACK_SCHEMA from the log's own names; a credit that is missing is made of the artists."""
    present = {name: pl.col(TEXTS.get(name, name)) for name in TRACK_SCHEMA if TEXTS.get(name, name) in table.columns}
    if "artist_credit" not in present and "artist_names" in present:
        present["artist_credit"] = pl.col("artist_names").list.join(", ")
    if "media" in present:
        present["media"] = present["media"].fill_null("music")
    otherwise = {"media": pl.lit("music")}
    return [_cleaned(present.get(name, otherwise.get(name, pl.lit(None))), dtype).alias(name) for name, dtype in TRACK_SCHEMA.items()]


def _cleaned(value: pl.Expr, dtype: pl.DataType) -> pl.Expr:
    """The value in its type; a blank text is none."""
    if dtype != pl.String:
        return value.cast(dtype, strict=False)
    text = value.cast(pl.String, strict=False)
    return pl.when(text.str.strip_chars() != "").then(text)

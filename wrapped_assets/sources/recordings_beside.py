"""The recordings beside an event log, by the key that its rows have."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl
import xxhash

from wrapped_assets.contracts.errors import InputError
from wrapped_assets.contracts.source import TRACK_SCHEMA, Head
from wrapped_assets.sources.batches import name_reason
from wrapped_assets.sources.parquet_rows import fitting

RECORDINGS = "recordings.parquet"
TEXTS = {"title": "recording_name", "artist_credit": "artist_name"}  # ours -> the log's, where they differ
WANTED = {TEXTS.get(name, name): dtype for name, dtype in TRACK_SCHEMA.items()}
_READ: dict[str, Companion] = {}  # the last companion, by its content


def companion_of(head: Head) -> Companion:
    """The recordings beside a log. InputError where there are none, or none with a key."""
    stream = head.companion(RECORDINGS)
    if stream is None:
        raise InputError(
            f"the event log names its recordings by key: put {RECORDINGS} (recording, recording_name, artist_name, …) next to it"
        )
    with stream:
        content = stream.read()
    digest = xxhash.xxh3_128_hexdigest(content)
    if digest not in _READ:  # a log has hundreds of files and one companion
        _READ.clear()
        _READ[digest] = _companion(pl.read_parquet(content, glob=False))
    return _READ[digest]


@dataclass(frozen=True)
class Companion:
    """The recordings by key, without repeated keys, and behind them one without names that stands for all unknown keys.

    `tracks` and `faults` (why a track's plays are refused) have a row for each.
    """

    keys: pl.Series
    tracks: pl.DataFrame
    faults: pl.Series

    def places(self, keys: pl.Series) -> np.ndarray:
        """The row of each key."""
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
    if "recording" not in table.columns:
        raise InputError(f"{RECORDINGS} has no column `recording`, the key that the event log uses")
    table = fitting(table, WANTED)
    named = table.filter(pl.col("recording").is_not_null()).select("recording", *track_columns(table))
    ordered = named.unique("recording", keep="first", maintain_order=True).sort("recording")
    tracks = pl.concat([ordered, ordered.clear(1)]).select(TRACK_SCHEMA.keys())
    return Companion(ordered["recording"], tracks, faults_of(tracks))


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
    return [
        _cleaned(present.get(name, otherwise.get(name, pl.lit(None))), dtype).alias(name) for name, dtype in TRACK_SCHEMA.items()
    ]


def _cleaned(value: pl.Expr, dtype: pl.DataType) -> pl.Expr:
    """The value in its type; a blank text is none."""
    if dtype != pl.String:
        return value.cast(dtype, strict=False)
    text = value.cast(pl.String, strict=False)
    return pl.when(text.str.strip_chars() != "").then(text)

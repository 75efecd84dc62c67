"""Encodes a source's batches as plays and tracks with surrogates and variant ids in place of names and texts."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from wrapped_assets.contracts.source import TRACK_SCHEMA, Batch, ManyTracks, Source
from wrapped_assets.kernels.identity import joined_key, stable_ids
from wrapped_assets.kernels.texts import cleaned, each_cleaned
from wrapped_assets.vocabulary import columns as c

LANDED_PLAYS: dict[str, pl.DataType] = {
    column.name: column.dtype
    for column in (
        c.listener_id, c.listened_at, c.variant_id, c.ms_played, c.source_code, c.richness, c.resolution_ms,
        c.is_scrobble, c.is_private, c.is_skipped, c.device_code,
    )
}  # fmt: skip
LANDED_TRACKS: dict[str, pl.DataType] = {
    column.name: column.dtype
    for column in (
        c.variant_id, c.recording_name, c.artist_name, c.artist_names, c.release_group_name, c.duration_ms, c.media,
        c.recording_mbid, c.release_mbid, c.artist_mbids, c.spotify_uri, c.isrc, c.submitted_recording_name, c.submitted_artist_name,
    )
}  # fmt: skip
_IDS = ("listener_id", "variant_id")
_RENAMED = {
    "title": "recording_name", "artist_credit": "artist_name", "submitted_title": "submitted_recording_name",
    "submitted_artist_credit": "submitted_artist_name",
}  # fmt: skip
_TEXTS = (
    "recording_name", "artist_name", "release_group_name", "recording_mbid", "release_mbid", "spotify_uri", "isrc",
    "submitted_recording_name", "submitted_artist_name",
)  # fmt: skip
_LISTS = ("artist_names", "artist_mbids")


def coded(batch: Batch, source: Source, surrogates: Mapping[str | None, int]) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Returns plays (LANDED_PLAYS) and their tracks (LANDED_TRACKS) in the batch's order. `surrogates` has None for unnamed listeners."""
    plays, spellings = spelled(batch)
    tracks = coded_tracks(spellings)
    ids = {"listener_id": named(plays["listener"], surrogates), "variant_id": tracks["variant_id"].gather(plays["track"])}
    return landed_columns(plays.with_columns(**ids), source), tracks.unique("variant_id", maintain_order=True)


def spelled(batch: Batch) -> tuple[pl.DataFrame, pl.DataFrame | ManyTracks]:
    """Returns the plays with `track`, a row of the tracks (TRACK_SCHEMA) that are returned with them."""
    if batch.tracks is not None:
        return batch.plays, batch.tracks
    key = joined_key(
        *(
            pl.col(name).list.join("\x1d") if isinstance(dtype, pl.List) else pl.col(name).cast(pl.String)
            for name, dtype in TRACK_SCHEMA.items()
        )
    )
    keyed = batch.plays.with_columns(_key=key)
    spellings = keyed.unique("_key", maintain_order=True)
    rows = spellings.select("_key").with_row_index("track")
    return keyed.join(rows, on="_key", how="left", maintain_order="left"), spellings.select(list(TRACK_SCHEMA))


def named(listeners: pl.Series, numbers: Mapping[str | None, int]) -> pl.Series:
    """The number of each listener by name."""
    if len(set(numbers.values())) == 1:
        return pl.repeat(next(iter(numbers.values())), len(listeners), dtype=pl.Int64, eager=True)
    known = pl.DataFrame({"name": list(numbers), "number": list(numbers.values())}, schema={"name": pl.String, "number": pl.Int64})
    return listeners.to_frame("name").join(known, on="name", how="left", nulls_equal=True, maintain_order="left")["number"]


def landed_columns(plays: pl.DataFrame, source: Source) -> pl.DataFrame:
    """LANDED_PLAYS of plays that have their ids, or numbers in place of ids; without devices where no play has one."""
    whole = plays.with_columns(
        source_code=pl.lit(source.code, pl.UInt8),
        richness=pl.lit(source.richness, pl.UInt8),
        resolution_ms=pl.lit(source.resolution_seconds * 1000, pl.Int32),
        is_private=pl.col("is_private").fill_null(False),
        is_scrobble=pl.col("is_scrobble").fill_null(False),
    )
    has_devices = plays["device_code"].null_count() < plays.height
    kept = {name: dtype for name, dtype in LANDED_PLAYS.items() if has_devices or name != "device_code"}
    return whole.select(name if name in _IDS else pl.col(name).cast(dtype) for name, dtype in kept.items())


def coded_tracks(tracks: pl.DataFrame) -> pl.DataFrame:
    """Returns the tracks with cleaned texts and a variant id, the hash of all their columns."""
    named = tracks.rename(_RENAMED)
    said = [name for name in named.columns if named[name].null_count() < named.height]
    return recoded(
        named.with_columns(
            *(cleaned(named[name]) for name in _TEXTS if name in said),
            *(each_cleaned(named[name]) for name in _LISTS if name in said),
            pl.col("media").fill_null("music"),
        )
    )


def recoded(tracks: pl.DataFrame) -> pl.DataFrame:
    """Returns LANDED_TRACKS with the variant id recomputed from the other columns, in the given order."""
    key = joined_key(
        *(
            pl.col(name).list.join("\x1d") if name in _LISTS else pl.col(name).cast(pl.String)
            for name in LANDED_TRACKS
            if name != "variant_id"
        )
    )
    return tracks.with_columns(variant_id=key.map_batches(stable_ids, return_dtype=pl.Int64)).select(
        pl.col(name).cast(dtype) for name, dtype in LANDED_TRACKS.items()
    )

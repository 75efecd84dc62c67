"""Encodes a source's batches as plays and tracks with surrogates and variant ids in place of names and texts."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from wrapped_assets.contracts.source import TRACK_SCHEMA, Batch, Source
from wrapped_assets.kernels.identity import joined_key, stable_ids
from wrapped_assets.kernels.texts import clean, clean_each
from wrapped_assets.vocabulary import columns as c

LANDED_PLAYS: dict[str, pl.DataType] = {
    column.name: column.dtype
    for column in (
        c.listener_id, c.listened_at, c.variant_id, c.ms_played, c.source_code, c.richness, c.resolution_ms,
        c.is_scrobble, c.is_private, c.is_skipped,
    )
}  # fmt: skip
LANDED_TRACKS: dict[str, pl.DataType] = {
    column.name: column.dtype
    for column in (
        c.variant_id, c.recording_name, c.artist_name, c.artist_names, c.release_group_name, c.duration_ms, c.media,
        c.recording_mbid, c.release_mbid, c.artist_mbids, c.spotify_uri, c.isrc, c.submitted_recording_name, c.submitted_artist_name,
    )
}  # fmt: skip
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
    if batch.tracks is None:
        key = joined_key(
            *(
                pl.col(name).list.join("\x1d") if isinstance(dtype, pl.List) else pl.col(name).cast(pl.String)
                for name, dtype in TRACK_SCHEMA.items()
            )
        )
        keyed = batch.plays.with_columns(_key=key)
        spellings = keyed.unique("_key", maintain_order=True)
        tracks = coded_tracks(spellings.select(list(TRACK_SCHEMA)))
        plays = keyed.join(spellings.select("_key", variant_id=tracks["variant_id"]), on="_key", how="left", maintain_order="left")
    else:
        tracks = coded_tracks(batch.tracks)
        plays = batch.plays.with_columns(variant_id=tracks["variant_id"].gather(batch.plays["track"]))
    names = pl.DataFrame(
        {"listener": list(surrogates), "listener_id": list(surrogates.values())}, schema={"listener": pl.String, "listener_id": pl.Int64}
    )
    plays = plays.join(names, on="listener", how="left", nulls_equal=True, maintain_order="left").with_columns(
        source_code=pl.lit(source.code, pl.UInt8),
        richness=pl.lit(source.richness, pl.UInt8),
        resolution_ms=pl.lit(source.resolution_seconds * 1000, pl.Int32),
        is_private=pl.col("is_private").fill_null(False),
        is_scrobble=pl.col("is_scrobble").fill_null(False),
    )
    return plays.select(pl.col(name).cast(dtype) for name, dtype in LANDED_PLAYS.items()), tracks.unique("variant_id", maintain_order=True)


def coded_tracks(tracks: pl.DataFrame) -> pl.DataFrame:
    """Returns the tracks with cleaned texts and a variant id, the hash of all their columns."""
    cleaned = tracks.rename(_RENAMED).with_columns(
        *(clean(pl.col(name)) for name in _TEXTS),
        *(clean_each(pl.col(name)) for name in _LISTS),
        pl.col("media").fill_null("music"),
    )
    return recoded(cleaned)


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

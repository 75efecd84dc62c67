"""Gives the rows of a catalogue the same ids that heard tracks with these names get."""

from __future__ import annotations

import polars as pl

from wrapped_assets.contracts.known import known_schema, named_schema
from wrapped_assets.kernels.music_ids import key_of, release_group_id, separated, with_artists, with_recording_ids
from wrapped_assets.kernels.texts import normalised


def identified(name: str, named: pl.LazyFrame) -> pl.LazyFrame:
    """Rows of `named_schema(name)` as rows of `known_schema(name)`, in their order."""
    rows = named.select(pl.col(column).cast(dtype) for column, dtype in named_schema(name).items())
    if name == "known_artists":
        rows = _artists(rows)
    elif name == "known_release_groups":
        rows = _release_groups(rows)
    elif name == "known_recordings":
        rows = _recordings(rows)
    return rows.select(pl.col(column).cast(dtype) for column, dtype in known_schema(name).items())


def _artists(rows: pl.LazyFrame) -> pl.LazyFrame:
    whole = _with_artists(rows.with_columns(artist_names=pl.concat_list("artist_name")))
    return _or_name(_with_key(whole, "artist", "artist_mbid"), "artist", "artist_id")


def _release_groups(rows: pl.LazyFrame) -> pl.LazyFrame:
    whole = _with_artists(rows.with_columns(artist_names=separated(pl.lit(None, pl.List(pl.String)), pl.col("artist_name"))))
    whole = whole.with_columns(release_group_id=release_group_id(pl.col("_primary")))
    return _or_name(_with_key(whole, "release_group", "release_group_mbid"), "release_group", "release_group_id")


def _recordings(rows: pl.LazyFrame) -> pl.LazyFrame:
    whole = _with_artists(rows)
    owner = separated(pl.lit(None, pl.List(pl.String)), pl.col("release_group_artist_name")).list.first()
    whole = with_recording_ids(whole, pl.lit("music"))
    whole = whole.with_columns(
        release_group_id=release_group_id(pl.coalesce(normalised(owner), pl.col("_primary"))),
        isrc_key=key_of("recording", "isrc", pl.col("isrc")),
    )
    keyed = _with_key(whole, "recording", "recording_mbid").with_columns(known_key=pl.coalesce("known_key", "isrc_key"))
    return _or_name(keyed, "recording", "recording_id")


def _with_key(rows: pl.LazyFrame, kind: str, mbid: str) -> pl.LazyFrame:
    """Adds `known_key`, of the first id that a row has: an id that somebody gave says more than a name. Adds `spotify_key` too."""
    keys = {"known_key": key_of(kind, "mbid", pl.col(mbid)), "spotify_key": key_of(kind, "spotify", pl.col("spotify_uri"))}
    return rows.with_columns(**keys).with_columns(known_key=pl.coalesce("known_key", "spotify_key"))


def _or_name(rows: pl.LazyFrame, kind: str, own: str) -> pl.LazyFrame:
    """Gives rows without an id the key of their names."""
    unnamed = pl.when(pl.col("known_key").is_null()).then(pl.col(own).cast(pl.String))
    return rows.with_columns(known_key=pl.coalesce("known_key", key_of(kind, "name", unnamed)))


def _with_artists(rows: pl.LazyFrame) -> pl.LazyFrame:
    return with_artists(rows.with_row_index("_row"), "_row").sort("_row").with_columns(artist_id=pl.col("artist_ids").list.first())

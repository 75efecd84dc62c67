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
    ids = {"mbid": pl.col("artist_mbid"), "spotify": pl.col("spotify_uri"), "name": _own("artist_id")}
    return whole.with_columns(known_key=_first_key("artist", **ids))


def _release_groups(rows: pl.LazyFrame) -> pl.LazyFrame:
    whole = _with_artists(rows.with_columns(artist_names=separated(pl.lit(None, pl.List(pl.String)), pl.col("artist_name"))))
    whole = whole.with_columns(release_group_id=release_group_id(pl.col("_primary")))
    ids = {"mbid": pl.col("release_group_mbid"), "spotify": pl.col("spotify_uri"), "name": _own("release_group_id")}
    return whole.with_columns(known_key=_first_key("release_group", **ids))


def _recordings(rows: pl.LazyFrame) -> pl.LazyFrame:
    whole = _with_artists(rows)
    owner = separated(pl.lit(None, pl.List(pl.String)), pl.col("release_group_artist_name")).list.first()
    whole = with_recording_ids(whole, pl.lit("music"))
    whole = whole.with_columns(release_group_id=release_group_id(pl.coalesce(normalised(owner), pl.col("_primary"))))
    ids = {"mbid": pl.col("recording_mbid"), "spotify": pl.col("spotify_uri"), "isrc": pl.col("isrc"), "name": _own("recording_id")}
    return whole.with_columns(
        known_key=_first_key("recording", **ids),
        isrc_key=key_of("recording", "isrc", pl.col("isrc")),
        spotify_key=key_of("recording", "spotify", pl.col("spotify_uri")),
    )


def _with_artists(rows: pl.LazyFrame) -> pl.LazyFrame:
    return with_artists(rows.with_row_index("_row"), "_row").sort("_row").with_columns(artist_id=pl.col("artist_ids").list.first())


def _own(column: str) -> pl.Expr:
    return pl.col(column).cast(pl.String)


def _first_key(kind: str, **ids: pl.Expr) -> pl.Expr:
    """Of the first id that a row has: an id that somebody gave says more than a name."""
    return pl.coalesce(key_of(kind, authority, own_id) for authority, own_id in ids.items())

"""The names by which a catalogue knows heard music: other than the export's where a title or an artist has changed."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from wrapped_assets.kernels.identity import stable_ids
from wrapped_assets.kernels.music_ids import key_of, separated
from wrapped_assets.kernels.rows_by_id import RowsById
from wrapped_assets.kernels.titles import song_key

_IDS = (("recording_mbid", "mbid", "known_key"), ("isrc", "isrc", "isrc_key"), ("spotify_uri", "spotify", "spotify_key"))
_NEW_NAMES = {"recording_id": "_known_recording", "recording_name": "_new_title", "artist_names": "_new_artists"}
_TRUSTED = "spotify"  # exports take MBIDs and ISRCs from mappings, which are sometimes wrong
_NOT_KNOWN = (
    "recording_mbid", "isrc", "spotify_uri", "submitted_recording_name", "submitted_artist_name", "artist_mbids", "release_group_name",
)  # fmt: skip


@dataclass(frozen=True)
class Catalogue:
    """Two tables of one version of a catalogue: `known_recordings` and `known_artists`."""

    recordings: RowsById
    artists: RowsById


def known_names(tracks: pl.DataFrame, catalogue: Catalogue) -> pl.DataFrame:
    """Returns tracks under the catalogue's names: the given columns, with `_exported` (the given variant) and `_is_alias`.

    Only of tracks whose recording, or artist, the catalogue knows by id under a name that is another recording's or artist's.
    `_is_alias` is true where the exported artist is no other artist of the catalogue: then the two names are one artist.
    `tracks` are LANDED_TRACKS with recording_id, artist_id and artist_ids, `_title` and `_artist`.
    """
    tracks = tracks.filter(~pl.col("variant_id").is_in(_named_alike(tracks, catalogue.recordings).implode()))
    recordings = _by_recording(tracks, catalogue.recordings)
    known = recordings.join(tracks.select("variant_id", "recording_id", "artist_id"), on="variant_id")
    renamed = known.filter(pl.col("_known_recording") != pl.col("recording_id"))
    others = [table.present("artist_id", renamed["artist_id"]) for table in (catalogue.artists, catalogue.recordings)]
    is_known = pl.col("artist_id").is_in(pl.concat(others).implode())
    renamed = renamed.select("variant_id", "_new_title", "_new_artists", _is_alias=~is_known)
    others = tracks.join(known, on="variant_id", how="anti")
    found = pl.concat([renamed, _by_artist(others, catalogue.artists).select(renamed.columns)])
    guests = pl.col("artist_names").list.slice(1).list.join(", ")
    credit = pl.col("artist_names").list.first() + pl.when(guests != "").then(pl.lit(" feat. ") + guests).otherwise(pl.lit(""))
    under = tracks.join(found, on="variant_id").with_columns(recording_name="_new_title", artist_names="_new_artists")
    return under.with_columns(
        *(pl.lit(None, tracks.schema[name]).alias(name) for name in _NOT_KNOWN),
        artist_name=credit,
        _exported="variant_id",
        variant_id=pl.concat_str(pl.lit("known\x1f"), "variant_id").map_batches(stable_ids, return_dtype=pl.Int64),
    ).select(*tracks.columns, "_exported", "_is_alias")


def _named_alike(tracks: pl.DataFrame, recordings: RowsById) -> pl.Series:
    """The variants whose ids lead to the recording that their names make, and to no other: no name of these needs to be compared."""
    found = []
    for own, authority, key in _IDS:
        heard = tracks.select("variant_id", "recording_id", _key=key_of("recording", authority, pl.col(own))).drop_nulls("_key")
        facts = recordings.rows({key: heard["_key"]}, [key, "recording_id"])
        rows = facts.rename({key: "_key", "recording_id": "_known_recording"}).join(heard, on="_key")
        found.append(rows.select("variant_id", _is_same=pl.col("_known_recording") == pl.col("recording_id")))
    every = pl.concat(found)
    others = every.filter(~pl.col("_is_same"))["variant_id"]
    return every["variant_id"].filter(~every["variant_id"].is_in(others.implode()))


def _by_recording(tracks: pl.DataFrame, recordings: RowsById) -> pl.DataFrame:
    """Returns variant_id, _known_recording, _new_title, _new_artists of tracks of which an id names one recording of the catalogue."""
    found = []
    for rank, (own, authority, key) in enumerate(_IDS):
        heard = tracks.select("variant_id", "_title", "_artist", _key=key_of("recording", authority, pl.col(own))).drop_nulls("_key")
        facts = recordings.rows({key: heard["_key"]}, [key, *_NEW_NAMES]).rename({key: "_key", **_NEW_NAMES})
        rows = facts.join(heard, on="_key")
        title, artist = song_key(pl.col("_new_title"), separated(pl.col("_new_artists"), pl.lit("")).list.first())
        if authority != _TRUSTED:
            rows = rows.filter((title == pl.col("_title")) | (artist == pl.col("_artist")))
        found.append(rows.drop("_key", "_title", "_artist").with_columns(_rank=pl.lit(rank)))
    every = pl.concat(found).filter(pl.col("_new_artists").list.len() > 0)
    told = every.filter(pl.col("_known_recording").n_unique().over("variant_id", "_rank") == 1)
    first = ["variant_id", "_rank", "_new_title"]
    return told.sort(first).unique("variant_id", keep="first", maintain_order=True).drop("_rank")


def _by_artist(tracks: pl.DataFrame, artists: RowsById) -> pl.DataFrame:
    """Returns variant_id, _new_title, _new_artists, _is_alias of tracks with an MBID of an artist whom the catalogue gives another name."""
    parallel = tracks.filter(pl.col("artist_mbids").list.len() == pl.col("artist_ids").list.len())
    each = parallel.select(
        "variant_id", "recording_name", "artist_ids", "artist_names", "artist_mbids", _place=pl.int_ranges(pl.col("artist_ids").list.len())
    ).explode("artist_ids", "artist_names", "artist_mbids", "_place")
    each = each.with_columns(_key=key_of("artist", "mbid", pl.col("artist_mbids")))
    rows = artists.rows({"known_key": each["_key"]}, ["known_key", "artist_id", "artist_name"])
    known = rows.select(_key="known_key", _new_id="artist_id", _new_name="artist_name").unique("_key", keep="any")
    named = each.join(known, on="_key", how="left").sort("variant_id", "_place")
    is_other = (pl.col("_new_id") != pl.col("artist_ids")).fill_null(value=False)
    lists = named.group_by("variant_id", maintain_order=True).agg(
        _new_title=pl.col("recording_name").first(),
        _new_artists=pl.when(is_other).then("_new_name").otherwise("artist_names"),
        _is_alias=is_other.any(),
    )
    return lists.filter("_is_alias")

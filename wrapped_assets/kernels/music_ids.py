"""Derives the ids of recordings, artists and release groups from names; plays and catalogues give the same ids."""

from __future__ import annotations

import polars as pl

from wrapped_assets.kernels.identity import joined_key, stable_ids
from wrapped_assets.kernels.texts import normalised
from wrapped_assets.kernels.titles import credited, featured_in, names_key, song_key, without_featuring, without_remaster, without_version


def _ids(key: pl.Expr) -> pl.Expr:
    return key.map_batches(stable_ids, return_dtype=pl.Int64)


def key_of(kind: str, authority: str, own_id: pl.Expr) -> pl.Expr:
    """The hash of an external id (MBID, ISRC, URI); null for null."""
    return _ids(pl.concat_str(pl.lit(f"{kind}\x1f{authority}\x1f"), own_id))


def separated(artist_names: pl.Expr, artist_credit: pl.Expr) -> pl.Expr:
    """The artists, primary first: the list if there is one, otherwise the parts of the displayed credit."""
    return pl.coalesce(pl.when(artist_names.list.len() > 0).then(artist_names), credited(artist_credit))


def with_artists(named: pl.LazyFrame, row: str) -> pl.LazyFrame:
    """Adds artist_ids and artist_credit_id, and the normalised `_primary` artist and `_others`; `row` must be unique per row."""
    # Explode first: expressions on lists are slow.
    flat = named.select(row, name="artist_names").explode("name", empty_as_null=True).with_columns(name=normalised(pl.col("name")))
    artists = (
        flat.with_columns(artist_id=_ids(pl.concat_str(pl.lit("artist\x1f"), "name")))
        .group_by(row, maintain_order=True)
        .agg(artist_ids=pl.col("artist_id").drop_nulls(), _names=pl.col("name"))
        .with_columns(
            _primary=pl.col("_names").list.first(),
            _others=pl.col("_names").list.slice(1).list.join(",").fill_null(""),
            artist_credit_id=_ids(joined_key(pl.lit("artist"), pl.col("_names").list.join("\x1f"))),
        )
    )
    return named.join(artists, on=row, how="left")


def with_recording_ids(named: pl.LazyFrame, media: pl.Expr, versions: str = "apart") -> pl.LazyFrame:
    """Adds recording_id, exact_recording_id and song_id to rows with recording_name, `_primary` and `_others`.

    `_title` and `_artist` are what the song's id is made of: the names in the form for comparison.
    With `versions` "joined", album, single and radio versions are one recording.
    """
    name, primary = pl.col("recording_name"), pl.col("_primary")
    title_key, artist_key = song_key(name, primary)
    titled = named.with_columns(
        _title=title_key,
        _artist=artist_key,
        _bare=normalised(without_featuring(name)),
        _companions=names_key(pl.concat_str(pl.col("_others"), normalised(featured_in(name).fill_null("")), separator=",")),
    )

    def recording(title: pl.Expr) -> pl.Expr:
        return _ids(joined_key(pl.lit("recording"), title, primary, pl.col("_companions"), media))

    whole = titled.with_columns(
        exact_recording_id=recording(without_remaster(pl.col("_bare"))),
        song_id=_ids(joined_key(pl.lit("song"), pl.col("_title"), pl.col("_artist"), media)),
    )
    joined = recording(without_version(pl.col("_bare"))) if versions == "joined" else pl.col("exact_recording_id")
    return whole.with_columns(recording_id=joined).drop("_bare", "_companions")


def release_group_id(primary: pl.Expr) -> pl.Expr:
    """The release_group_id of release_group_name and `primary`, the primary artist's normalised name; null without a name."""
    name = pl.col("release_group_name")
    return pl.when(name.is_not_null()).then(_ids(joined_key(pl.lit("release_group"), normalised(name), primary)))

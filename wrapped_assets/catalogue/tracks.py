"""Which recording, artists and release group each exported spelling of a track is."""

from __future__ import annotations

import polars as pl

from wrapped_assets.contracts.declaration import declare
from wrapped_assets.kernels.identity import joined_key, stable_ids
from wrapped_assets.kernels.texts import credited, featured_in, names_key, normalised, without_featuring
from wrapped_assets.vocabulary import columns as c


def _ids(key: pl.Expr) -> pl.Expr:
    return key.map_batches(stable_ids, return_dtype=pl.Int64)


@declare(
    layer="catalogue",
    kind="month_bucket",
    grain=[c.variant_id],
    row_key="variant_id",
    columns=[
        c.recording_id, c.song_id, c.artist_credit_id, c.release_group_id, c.artist_ids, c.artist_names, c.recording_name, c.artist_name,
        c.release_group_name, c.duration_ms, c.media, c.recording_mbid, c.release_mbid, c.artist_mbids, c.spotify_uri, c.isrc,
    ],
    reads={
        "landed_tracks": (
            [
                c.variant_id, c.recording_name, c.artist_name, c.artist_names, c.release_group_name, c.duration_ms, c.media,
                c.recording_mbid, c.release_mbid, c.artist_mbids, c.spotify_uri, c.isrc,
            ],
            "month_and_edges",
        )
    },
)  # fmt: skip
def tracks(landed_tracks: pl.LazyFrame) -> pl.LazyFrame:
    """One exported spelling of a track, with what it is a spelling of.

    A recording is its title and its artists, compared after normalising; "(feat. B)" in the title and "A feat. B" in the credit
    are the same artists. Where the export maps a track to an id's canonical names (ListenBrainz to MusicBrainz) those names
    stand here, so that spellings of one id meet. A song is the looser title and primary artist, for finding duplicates: Spotify
    exports name one artist only. A release group is its name and the primary artist.
    """
    kept = landed_tracks.unique("variant_id").with_columns(
        artist_names=pl.coalesce(pl.when(pl.col("artist_names").list.len() > 0).then("artist_names"), credited(pl.col("artist_name")))
    )
    title = normalised(without_featuring(pl.col("recording_name")))
    companions = names_key(pl.concat_str(pl.col("_others"), normalised(featured_in(pl.col("recording_name")).fill_null("")), separator=","))
    primary = pl.col("_primary")
    return kept.join(_artists(kept), on="variant_id", how="left").with_columns(
        recording_id=_ids(joined_key(pl.lit("recording"), title, primary, companions, pl.col("media"))),
        song_id=_ids(joined_key(pl.lit("song"), title, primary, pl.col("media"))),
        release_group_id=pl.when(pl.col("release_group_name").is_not_null()).then(
            _ids(joined_key(pl.lit("release_group"), normalised(pl.col("release_group_name")), primary))
        ),
    )


def _artists(kept: pl.LazyFrame) -> pl.LazyFrame:
    """variant_id, artist_ids, artist_credit_id, and the normalised primary artist and others; flat, because lists are slow."""
    flat = kept.select("variant_id", name="artist_names").explode("name", empty_as_null=True).with_columns(name=normalised(pl.col("name")))
    return (
        flat.with_columns(artist_id=_ids(pl.concat_str(pl.lit("artist\x1f"), "name")))
        .group_by("variant_id", maintain_order=True)
        .agg(artist_ids=pl.col("artist_id").drop_nulls(), _names=pl.col("name"))
        .with_columns(
            _primary=pl.col("_names").list.first(),
            _others=pl.col("_names").list.slice(1).list.join(",").fill_null(""),
            artist_credit_id=_ids(joined_key(pl.lit("artist"), pl.col("_names").list.join("\x1f"))),
        )
    )

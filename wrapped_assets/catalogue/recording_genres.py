"""Lists the genres of the heard recordings."""

from __future__ import annotations

import polars as pl

from wrapped_assets.contracts.declaration import declare
from wrapped_assets.kernels.genres import canonical
from wrapped_assets.kernels.matching import matched_recordings
from wrapped_assets.vocabulary import columns as c

SOURCES = ("recording", "release_group", "artist")  # the first one with genres is used alone
_OF_GROUP, _OF_ARTIST = 10, 20  # after all match ranks of the recording itself


@declare(
    layer="catalogue",
    kind="year_bucket",
    grain=[c.recording_id, c.genre_name],
    columns=[c.genre_share, c.genre_source],
    reads={
        "tracks": [c.variant_id, c.recording_id, c.media, c.recording_mbid, c.isrc, c.spotify_uri],
        "recordings": [c.recording_id, c.release_group_id, c.artist_id],
        "artist_genres": [c.artist_id, c.genre_name],
        "known_recordings": [c.recording_id, c.recording_mbid, c.isrc, c.spotify_uri, c.genre_names],
        "known_release_groups": [c.release_group_id, c.genre_names],
        "known_genres": [c.genre_name, c.genre_aliases],
    },
    lookups={
        "known_recordings": {
            "recording_id": "tracks.recording_id", "recording_mbid": "tracks.recording_mbid", "isrc": "tracks.isrc",
            "spotify_uri": "tracks.spotify_uri",
        },
        "known_release_groups": {"release_group_id": "recordings.release_group_id"},
    },
)  # fmt: skip
def recording_genres(
    tracks: pl.LazyFrame, recordings: pl.LazyFrame, artist_genres: pl.LazyFrame, known_recordings: pl.LazyFrame,
    known_release_groups: pl.LazyFrame, known_genres: pl.LazyFrame,
) -> pl.LazyFrame:  # fmt: skip
    """One genre of one recording that the year's listeners heard; a recording's shares add up to 1.

    Genres are the recording's own, from its most certain match that has any, otherwise its release group's, otherwise its primary
    artist's; `genre_source` says which. Coverage is the share of listens whose recording has any row.

    No ties: nothing is ranked.

    Example: `genre_name` ambient, `genre_share` 0.5, and a second row for the other half.
    """
    known = known_recordings.filter(pl.col("genre_names").list.len() > 0)
    own = matched_recordings(tracks, known, ["genre_names"]).select("recording_id", "match_rank", genre_name="genre_names")
    groups = known_release_groups.filter(pl.col("genre_names").list.len() > 0).select("release_group_id", genre_name="genre_names")
    of_groups = recordings.join(groups, on="release_group_id").select("recording_id", "genre_name", match_rank=pl.lit(_OF_GROUP))
    listed = pl.concat([own, of_groups.select("recording_id", "match_rank", "genre_name")])
    tagged = canonical(listed.explode("genre_name", empty_as_null=True).drop_nulls("genre_name"), known_genres)
    of_artists = recordings.join(artist_genres, on="artist_id").select("recording_id", pl.lit(_OF_ARTIST).alias("match_rank"), "genre_name")
    every = pl.concat([tagged.select("recording_id", "match_rank", "genre_name"), of_artists]).unique()
    nearest = every.filter(pl.col("match_rank") == pl.col("match_rank").min().over("recording_id"))
    recording, release_group, artist = (pl.lit(source) for source in SOURCES)
    return nearest.with_columns(
        genre_share=pl.lit(1.0) / pl.len().over("recording_id"),
        genre_source=pl.when(pl.col("match_rank") < _OF_GROUP)
        .then(recording)
        .when(pl.col("match_rank") < _OF_ARTIST)
        .then(release_group)
        .otherwise(artist),
    )

"""Lists the recordings on the year's releases of heard artists, for a playlist of new releases."""

from __future__ import annotations

import polars as pl

from wrapped_assets.contracts.declaration import declare
from wrapped_assets.vocabulary import columns as c

FACTS = ("artist_id", "artist_names", "recording_name", "track_position", "duration_ms", "recording_mbid", "isrc", "spotify_uri")


@declare(
    layer="catalogue",
    kind="year_bucket",
    grain=[c.release_group_id, c.recording_id],
    columns=[
        c.artist_id, c.artist_names, c.recording_name, c.track_position, c.duration_ms, c.recording_mbid, c.isrc, c.spotify_uri,
    ],
    reads={
        "year_releases": [c.release_group_id],
        "known_recordings": [
            c.known_key, c.release_group_id, c.recording_id, c.artist_id, c.artist_names, c.recording_name, c.track_position,
            c.duration_ms, c.recording_mbid, c.isrc, c.spotify_uri,
        ],
    },
    lookups={"known_recordings": {"release_group_id": "year_releases.release_group_id"}},
)  # fmt: skip
def release_recordings(year_releases: pl.LazyFrame, known_recordings: pl.LazyFrame) -> pl.LazyFrame:
    """One known recording of one release group of `year_releases`, heard or not.

    Rows of several catalogues for one recording are merged: each column comes from the first row that has it, rows with an MBID first,
    then by known_key. Release groups without catalogued recordings are left out.

    No ties: a `known_key` is one row.

    Example: `track_position` 3 of an album of the year, with its length and identifiers.
    """
    ours = known_recordings.join(year_releases.unique(), on="release_group_id", how="semi")
    ordered = ours.sort(pl.col("recording_mbid").is_null(), "known_key")  # group_by keeps the order of a group's rows
    return ordered.group_by("release_group_id", "recording_id").agg(pl.col(name).drop_nulls().first() for name in FACTS)

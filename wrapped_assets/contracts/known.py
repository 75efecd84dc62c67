"""The schemas of a catalogue's tables as an import lands them."""

from __future__ import annotations

import polars as pl

from wrapped_assets.vocabulary import columns as c
from wrapped_assets.vocabulary.columns import Column

# Keys are the names that declarations read. A row is one entity of the catalogue; `known_key` is a hash of the catalogue's id.
# Our own ids (`artist_id` …) are hashes of names as in `catalogue/tracks`, so rows can be joined by name; several rows may share
# one (two artists of one name), and readers must not guess between them. Rows can also be joined by external ids (MBID, ISRC, URI)
# through their hashes: known_key is the MBID's hash if there is one (`kernels/music_ids`).
KNOWN: dict[str, tuple[Column, ...]] = {
    "known_artists": (c.known_key, c.artist_id, c.artist_mbid, c.artist_name, c.country, c.place_name, c.genre_names),
    "known_release_groups": (
        c.known_key, c.release_group_id, c.release_group_mbid, c.release_group_name, c.artist_id, c.artist_name, c.artist_mbid,
        c.track_count, c.release_year, c.genre_names,
    ),
    "known_recordings": (
        c.known_key, c.recording_id, c.recording_mbid, c.isrc, c.isrc_key, c.spotify_uri, c.spotify_key, c.recording_name,
        c.artist_id, c.artist_names, c.release_group_id, c.track_position, c.release_year, c.duration_ms, c.genre_names,
    ),
    "known_genres": (c.genre_name, c.parent_genre_name, c.genre_aliases),
    "known_places": (c.place_name, c.country, c.inhabitants),
}  # fmt: skip

# The rows that a catalogue format provides, with names, from which the rows above are made. `artist_name` of a release group is its
# primary artist; a recording's release group belongs to its primary artist unless release_group_artist_name names another.
NAMED: dict[str, tuple[str, ...]] = {
    "known_artists": ("artist_name", "artist_mbid", "spotify_uri", "country", "place_name", "genre_names"),
    "known_release_groups": (
        "release_group_name", "artist_name", "release_group_mbid", "artist_mbid", "spotify_uri", "track_count", "release_year",
        "genre_names",
    ),
    "known_recordings": (
        "recording_name", "artist_names", "recording_mbid", "isrc", "spotify_uri", "release_group_name", "release_group_artist_name",
        "track_position", "release_year", "duration_ms", "genre_names",
    ),
    "known_genres": ("genre_name", "parent_genre_name", "genre_aliases"),
    "known_places": ("place_name", "country", "inhabitants"),
}  # fmt: skip

# The columns by which an asset may look up rows: the column of ids that is searched, and for an outside id what its hash is made of.
LOOKED_UP: dict[str, dict[str, tuple[str, tuple[str, str] | None]]] = {
    "known_artists": {"artist_id": ("artist_id", None), "artist_mbid": ("known_key", ("artist", "mbid"))},
    "known_release_groups": {name: (name, None) for name in ("artist_id", "release_group_id")},
    "known_recordings": {
        **{name: (name, None) for name in ("recording_id", "release_group_id", "artist_id")},
        "recording_mbid": ("known_key", ("recording", "mbid")),
        "isrc": ("isrc_key", ("recording", "isrc")),
        "spotify_uri": ("spotify_key", ("recording", "spotify")),
    },
}


def named_schema(name: str) -> dict[str, pl.DataType]:
    """The schema of the rows that a catalogue format gives for one table, with names in place of ids."""
    return {column: c.artist_name.dtype if column == "release_group_artist_name" else c.BY_NAME[column].dtype for column in NAMED[name]}


def known_schema(name: str) -> dict[str, pl.DataType]:
    """The schema of one landed table."""
    return {column.name: column.dtype for column in KNOWN[name]}

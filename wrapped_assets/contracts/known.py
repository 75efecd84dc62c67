"""The tables of a catalogue, as an import of one lands them: what is known of music, whoever listened."""

from __future__ import annotations

import polars as pl

from wrapped_assets.vocabulary import columns as c
from wrapped_assets.vocabulary.columns import Column

# By the name that declarations read them by. A row is one entity of the catalogue; `known_key` is a hash of the id that the
# catalogue gives it. Ids of ours (`artist_id` …) are those that the same names get in `catalogue/tracks`, so that rows meet
# by names; several rows may share one (two artists of a name), and what reads them must not guess between those.
KNOWN: dict[str, tuple[Column, ...]] = {
    "known_artists": (c.known_key, c.artist_id, c.artist_mbid, c.artist_name, c.country, c.place_name, c.genre_names),
    "known_release_groups": (
        c.known_key, c.release_group_id, c.release_group_mbid, c.release_group_name, c.artist_id, c.artist_name, c.track_count,
        c.release_year, c.genre_names,
    ),
    "known_recordings": (
        c.known_key, c.recording_id, c.recording_mbid, c.isrc, c.spotify_uri, c.recording_name, c.artist_id, c.artist_names,
        c.release_group_id, c.track_position, c.release_year, c.duration_ms, c.genre_names,
    ),
    "known_genres": (c.genre_name, c.parent_genre_name, c.genre_aliases),
    "known_places": (c.place_name, c.country, c.inhabitants),
}  # fmt: skip


def known_schema(name: str) -> dict[str, pl.DataType]:
    """Column → type of one table."""
    return {column.name: column.dtype for column in KNOWN[name]}

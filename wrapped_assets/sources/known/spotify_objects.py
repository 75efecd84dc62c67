"""Spotify's objects in JSON: artists with genres, albums with dates and counts, tracks with ISRCs.

An album's date is that of its edition: a reissue has its own, which is why MusicBrainz overrules it where both are loaded.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, BinaryIO

from wrapped_assets.contracts.known_source import KnownBatch, KnownSource
from wrapped_assets.contracts.source import Head
from wrapped_assets.sources.json_rows import keys_of
from wrapped_assets.sources.known.checked import batches_of
from wrapped_assets.sources.known.json_documents import objects
from wrapped_assets.sources.rows import child, children, text, texts, whole

Rows = Iterator[tuple[str, dict[str, Any]]]


def _is_one(found: dict[str, Any]) -> bool:
    return found.get("type") in ("artist", "album", "track")


def recognises(head: Head) -> bool:
    """Objects that say their type and have a Spotify URI."""
    return {"type", "uri", "name"} <= keys_of(head.first_bytes) and b"spotify:" in head.first_bytes


def read(stream: BinaryIO, _head: Head) -> Iterator[KnownBatch]:
    """Artists, release groups and recordings, in the order of the file; an item of a playlist is its track."""
    return batches_of(_rows(stream))


def _rows(stream: BinaryIO) -> Rows:
    for number, found in objects(stream, _is_one):
        one = child(found, "track") or found if isinstance(found, dict) else {}
        kind = one.get("type")
        if kind == "artist":
            yield "known_artists", {
                "row_number": number, "artist_name": text(one.get("name")), "spotify_uri": text(one.get("uri")),
                "genre_names": texts(one.get("genres")),
            }  # fmt: skip
        elif kind == "album":
            yield from _album(number, one)
            for place, track in enumerate(children(child(one, "tracks"), "items"), 1):
                yield "known_recordings", _track(number, {"track_number": place, **track}, one)
        elif kind == "track":
            album = child(one, "album")
            if text(album.get("name")):
                yield from _album(number, album)
            yield "known_recordings", _track(number, one, album)
        else:
            yield "known_recordings", {"row_number": number, "reason": str(found) if isinstance(found, str) else "not_an_object"}


def _album(number: int, album: dict[str, Any]) -> Rows:
    yield "known_release_groups", {
        "row_number": number, "release_group_name": text(album.get("name")), "artist_name": _primary(album),
        "spotify_uri": text(album.get("uri")), "track_count": _number(album.get("total_tracks")),
        "release_year": text(album.get("release_date")), "genre_names": texts(album.get("genres")),
    }  # fmt: skip


def _track(number: int, track: dict[str, Any], album: dict[str, Any]) -> dict[str, Any]:
    is_collection = album.get("album_type") == "compilation"  # its year is not that of its recordings
    return {
        "row_number": number, "recording_name": text(track.get("name")), "artist_names": [name for name in _names(track) if name],
        "isrc": text(child(track, "external_ids").get("isrc")), "spotify_uri": text(track.get("uri")),
        "release_group_name": text(album.get("name")), "release_group_artist_name": _primary(album),
        "track_position": _number(track.get("track_number")), "duration_ms": _number(track.get("duration_ms")),
        "release_year": None if is_collection else text(album.get("release_date")),
    }  # fmt: skip


def _names(found: dict[str, Any]) -> list[str | None]:
    return [text(artist.get("name")) for artist in children(found, "artists")]


def _primary(found: dict[str, Any]) -> str | None:
    return next(iter(_names(found)), None)


def _number(value: Any) -> str | None:
    found = whole(value)
    return None if found is None else str(found)


source = KnownSource("spotify_objects", "Spotify artists, albums and tracks (JSON)", recognises, read)

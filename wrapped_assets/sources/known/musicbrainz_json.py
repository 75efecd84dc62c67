"""MusicBrainz entities in JSON: answers of its web service, and dumps with one entity a line."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, BinaryIO

from wrapped_assets.contracts.known_source import KnownBatch, KnownSource
from wrapped_assets.contracts.source import Head
from wrapped_assets.sources.json_rows import keys_of
from wrapped_assets.sources.known.checked import batches_of
from wrapped_assets.sources.known.json_documents import objects
from wrapped_assets.sources.rows import child, children, text, whole

Rows = Iterator[tuple[str, dict[str, Any]]]
_KEY = ('"sort-name"', '"artist-credit"', '"primary-type"', '"first-release-date"')
_LATEST = "9999"


def recognises(head: Head) -> bool:
    """An id beside a key that only MusicBrainz spells so."""
    return "id" in keys_of(head.first_bytes) and any(key.encode() in head.first_bytes for key in _KEY)


def read(stream: BinaryIO, _head: Head) -> Iterator[KnownBatch]:
    """Artists, release groups and recordings; a release gives its release group and its recordings."""
    return batches_of(_rows(stream))


def _rows(stream: BinaryIO) -> Rows:
    for number, found in objects(stream, lambda one: "id" in one):
        if not isinstance(found, dict):
            yield "known_artists", {"row_number": number, "reason": str(found) if isinstance(found, str) else "not_an_object"}
        elif "sort-name" in found:
            yield "known_artists", _artist(number, found)
        elif {"media", "barcode", "packaging", "release-group"} & set(found):
            yield from _release(number, found)
        elif {"length", "video", "isrcs"} & set(found):
            yield "known_recordings", _recording(number, found, _earliest(found))
        elif {"primary-type", "first-release-date"} & set(found):
            yield "known_release_groups", _release_group(number, found, found, _original_count(found))
        else:
            yield "known_artists", {"row_number": number, "reason": "not_an_object"}


def _artist(number: int, found: dict[str, Any]) -> dict[str, Any]:
    areas = [child(found, key) for key in ("begin-area", "begin_area", "area")]
    places = [text(area.get("name")) for area in areas if area.get("type") != "Country" and not area.get("iso-3166-1-codes")]
    return {
        "row_number": number, "artist_name": text(found.get("name")), "artist_mbid": text(found.get("id")),
        "country": text(found.get("country")), "place_name": next(filter(None, places), None), "genre_names": _genres(found),
    }  # fmt: skip


def _release_group(number: int, found: dict[str, Any], credited: dict[str, Any], track_count: int | None) -> dict[str, Any]:
    credit = (children(found, "artist-credit") or children(credited, "artist-credit") or [{}])[0]
    return {
        "row_number": number, "release_group_name": text(found.get("title")), "release_group_mbid": text(found.get("id")),
        "artist_name": _name(credit), "artist_mbid": text(child(credit, "artist").get("id")), "genre_names": _genres(found),
        "release_year": text(found.get("first-release-date")), "track_count": str(track_count) if track_count else None,
    }  # fmt: skip


def _recording(number: int, found: dict[str, Any], release: dict[str, Any]) -> dict[str, Any]:
    group = child(release, "release-group")
    credit = children(group, "artist-credit") or children(release, "artist-credit")
    isrcs = found.get("isrcs")
    length = whole(found.get("length"))
    position = whole(release.get("_position"))
    return {
        "row_number": number, "recording_name": text(found.get("title")), "recording_mbid": text(found.get("id")),
        "artist_names": [name for name in map(_name, children(found, "artist-credit")) if name],
        "isrc": min((isrc for isrc in isrcs if isinstance(isrc, str)), default=None) if isinstance(isrcs, list) else None,
        "release_group_name": text(group.get("title")) or text(release.get("title")),
        "release_group_artist_name": _name(credit[0]) if credit else None, "release_year": text(found.get("first-release-date")),
        "duration_ms": str(length) if length else None, "track_position": str(position) if position else None,
        "genre_names": _genres(found),
    }  # fmt: skip


def _release(number: int, release: dict[str, Any]) -> Rows:
    group = child(release, "release-group")
    first = text(group.get("first-release-date"))
    is_original = first is not None and text(release.get("date")) == first
    if text(group.get("id")):
        yield "known_release_groups", _release_group(number, group, release, _count(release) if is_original else None)
    position = 0
    for medium in children(release, "media"):
        for track in children(medium, "tracks"):
            position += 1
            recording = {**{key: track[key] for key in ("title", "length", "artist-credit") if key in track}, **child(track, "recording")}
            if "artist-credit" not in recording:
                recording["artist-credit"] = release.get("artist-credit")
            yield "known_recordings", _recording(number, recording, {**release, "_position": position})


def _earliest(recording: dict[str, Any]) -> dict[str, Any]:
    """The release that is told of: of the release group that came out first."""

    def when(release: dict[str, Any]) -> tuple[str, str]:
        date = text(child(release, "release-group").get("first-release-date")) or text(release.get("date")) or _LATEST
        return date, str(release.get("id"))

    return min(children(recording, "releases"), key=when, default={})


def _original_count(group: dict[str, Any]) -> int | None:
    """Tracks of the release that came out first, where the group lists its releases with counts."""
    dated = [(text(one.get("date")) or _LATEST, str(one.get("id")), _count(one)) for one in children(group, "releases")]
    return next((count for _, _, count in sorted(dated, key=lambda one: one[:2]) if count), None)


def _count(release: dict[str, Any]) -> int | None:
    media = [whole(medium.get("track-count")) or 0 for medium in children(release, "media")]
    return whole(release.get("track-count")) or sum(media) or None


def _name(credit: dict[str, Any]) -> str | None:
    return text(credit.get("name")) or text(child(credit, "artist").get("name"))


def _genres(found: dict[str, Any]) -> list[str] | None:
    """Its genres, or else its tags; those that were voted down are none."""
    for key in ("genres", "tags"):
        names = [text(tag.get("name")) for tag in children(found, key) if (whole(tag.get("count", 1)) or 0) > 0]
        if kept := [name for name in names if name]:
            return kept
    return None


source = KnownSource("musicbrainz_json", "MusicBrainz entities (JSON)", recognises, read)

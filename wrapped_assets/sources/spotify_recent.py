"""Spotify's Web API answers of recently played tracks: one page or a list of pages."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, BinaryIO

from wrapped_assets.contracts.source import Batch, Head, Source
from wrapped_assets.sources import richness
from wrapped_assets.sources.batches import batches_of
from wrapped_assets.sources.json_rows import Having, keys_of, records, rows_of
from wrapped_assets.sources.rows import Row, child, children, length, text, texts, time_text, whole
from wrapped_assets.sources.times import iso_utc

IS_ITEM = Having("played_at", "track")


def recognises(head: Head) -> bool:
    """Items with `played_at` and a track."""
    return keys_of(head.first_bytes) >= {"items", "track"} and b"api.spotify.com" in head.first_bytes


def read(stream: BinaryIO, _head: Head) -> Iterator[Batch]:
    """Plays in the order of the file.

    `played_at` is normally the end (sometimes the start, after playing offline), and how long was played is not said: the start is
    taken as one track length before it. Plays under 30 seconds are never listed, so each counts like a scrobble.
    """
    return batches_of(rows_of(records(stream, IS_ITEM), row_from), iso_utc)


def row_from(number: int, item: dict[str, Any]) -> Row:
    """One item; an episode has a show instead of artists."""
    track = child(item, "track")
    album, names = child(track, "album"), texts([artist.get("name") for artist in children(track, "artists")])
    duration = length(whole(track.get("duration_ms")))
    is_episode = track.get("type") == "episode"
    return Row(
        number,
        time_text=time_text(item.get("played_at")),
        ms_before_time=duration or 0,
        title=text(track.get("name")),
        artist_credit=text(child(track, "show").get("name")) if is_episode else (", ".join(names) if names else None),
        artist_names=names,
        release_group_name=text(album.get("name")),
        duration_ms=duration,
        media="podcast" if is_episode else "music",
        spotify_uri=text(track.get("uri")),
        isrc=text(child(track, "external_ids").get("isrc")),
    )


SPOTIFY_RECENT = Source(
    name="spotify_recent",
    code=11,
    title="Spotify recently played tracks (Web API JSON)",
    richness=richness.SPOTIFY_RECENT,
    resolution_seconds=60,
    recognises=recognises,
    read=read,
)

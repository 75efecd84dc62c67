"""Spotify's account data of the last year: `StreamingHistory0.json`, `StreamingHistory_music_0.json`, `…_podcast_0`, `…_audiobook_0`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, BinaryIO

from wrapped_assets.contracts.source import Batch, Head, Source
from wrapped_assets.sources import richness
from wrapped_assets.sources.batches import batches_of
from wrapped_assets.sources.json_rows import Having, keys_of, records, rows_of
from wrapped_assets.sources.rows import Row, text, time_text, whole
from wrapped_assets.sources.times import iso_utc

VANISHED = ("Unknown Track", "Unknown Artist")  # what Spotify writes where the catalogue no longer knows the track


IS_PLAY = Having("endTime", "msPlayed")


def recognises(head: Head) -> bool:
    """A list of records with `endTime` and `msPlayed`; an empty list only by its name."""
    if head.first_bytes.split() in ([b"[]"], [b"[", b"]"]):
        return head.name.startswith("StreamingHistory")
    return keys_of(head.first_bytes) >= {"endTime", "msPlayed"}


def read(stream: BinaryIO, _head: Head) -> Iterator[Batch]:
    """Plays in the order of the file; `endTime` is the end in UTC to the minute, so the start is `endTime` − `msPlayed`."""
    return batches_of(rows_of(records(stream, IS_PLAY), row_from), iso_utc)


def row_from(number: int, record: dict[str, Any]) -> Row:
    """One record of any of the three kinds, told apart by their keys."""
    played = whole(record.get("msPlayed"))
    return Row(
        number,
        reason="other_form" if "ts" in record and "endTime" not in record else None,
        time_text=time_text(record.get("endTime")),
        ms_before_time=played or 0,
        ms_played=played,
        is_scrobble=False,
        **what_was_played(record),
    )


def what_was_played(record: dict[str, Any]) -> dict[str, Any]:
    """The texts of a track, an episode or a chapter."""
    if "episodeName" in record:
        return {"title": text(record.get("episodeName")), "artist_credit": text(record.get("podcastName")), "media": "podcast"}
    if "audiobookName" in record:
        book = text(record.get("audiobookName"))
        return {"title": text(record.get("chapterName")) or book, "artist_credit": book, "media": "audiobook"}
    title, artist = text(record.get("trackName")), text(record.get("artistName"))
    return {"title": None if (title, artist) == VANISHED else title, "artist_credit": artist}


SPOTIFY_SHORT = Source(
    name="spotify_short",
    code=2,
    title="Spotify account data, streaming history of the last year (JSON)",
    richness=richness.SPOTIFY_SHORT,
    resolution_seconds=60,
    recognises=recognises,
    read=read,
)

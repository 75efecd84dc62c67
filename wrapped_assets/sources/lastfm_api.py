"""Last.fm's `user.getRecentTracks` answers: one page, several, or a list of pages as exporting tools write them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, BinaryIO

from wrapped_assets.contracts.source import Batch, Head, Source
from wrapped_assets.sources import richness
from wrapped_assets.sources.batches import batches_of
from wrapped_assets.sources.json_rows import Having, keys_of, records, rows_of
from wrapped_assets.sources.rows import Row, child, flag, mbid, text, time_text
from wrapped_assets.sources.times import epoch_seconds

IS_TRACK = Having("artist", "name")


def recognises(head: Head) -> bool:
    """Tracks whose artist is a `#text` or named, with Last.fm's addresses."""
    keys = keys_of(head.first_bytes)
    return {"artist", "name", "mbid"} <= keys and ("uts" in keys or b'"#text"' in head.first_bytes)


def read(stream: BinaryIO, _head: Head) -> Iterator[Batch]:
    """Scrobbles in the order of the file; `uts` is the start in UTC."""
    return batches_of(rows_of(records(stream, IS_TRACK), row_from), epoch_seconds)


def row_from(number: int, track: dict[str, Any]) -> Row:
    """One track; the one that is playing now has no date and is no scrobble yet."""
    artist, date = child(track, "artist"), child(track, "date")
    is_playing = not date and flag(child(track, "@attr").get("nowplaying"))
    artist_id = mbid(artist.get("mbid"))
    return Row(
        number,
        reason="now_playing" if is_playing else None,
        time_text=time_text(date.get("uts")),
        title=text(track.get("name")),
        artist_credit=text(artist.get("#text")) or text(artist.get("name")),  # the second with extended=1
        release_group_name=text(child(track, "album").get("#text")),
        recording_mbid=mbid(track.get("mbid")),
        release_mbid=mbid(child(track, "album").get("mbid")),
        artist_mbids=[artist_id] if artist_id else None,
    )


LASTFM_API = Source(
    name="lastfm_api",
    code=6,
    title="Last.fm recent tracks (API JSON)",
    richness=richness.LASTFM_API,
    resolution_seconds=60,
    recognises=recognises,
    read=read,
)

"""Spotify's extended streaming history: `Streaming_History_Audio_*.json`, `…_Video_*.json` and the older `endsong_*.json`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, BinaryIO

from wrapped_assets.contracts.source import Batch, Head, Source
from wrapped_assets.sources import richness
from wrapped_assets.sources.batches import batches_of
from wrapped_assets.sources.devices import device_code
from wrapped_assets.sources.json_rows import Having, keys_of, records, rows_of
from wrapped_assets.sources.rows import Row, flag, text, time_text, whole
from wrapped_assets.sources.times import iso_utc

IS_PLAY = Having("ts", "ms_played")


def recognises(head: Head) -> bool:
    """A list of records with `ts` and `ms_played`; an empty list only by its name."""
    if head.first_bytes.split() in ([b"[]"], [b"[", b"]"]):
        return head.name.startswith(("Streaming_History_", "endsong_"))
    return keys_of(head.first_bytes) >= {"ts", "ms_played"}


def read(stream: BinaryIO, head: Head) -> Iterator[Batch]:
    """Plays in the order of the file; `ts` is the end, so the start is `ts` − `ms_played` (early after pauses: the best estimate)."""
    is_video = "video" in head.name.lower()  # also the older `endvideo.json`; a music video's record looks like any track's

    def row_from(number: int, record: dict[str, Any]) -> Row:
        played = whole(record.get("ms_played"))
        return Row(
            number,
            time_text=time_text(record.get("ts")),
            ms_before_time=played or 0,
            ms_played=played,
            is_scrobble=False,
            is_private=flag(record.get("incognito_mode")),
            is_skipped=skipped(record),
            device_code=device_code(record.get("platform")),
            **what_was_played(record, is_video),
        )

    return batches_of(rows_of(records(stream, IS_PLAY), row_from), iso_utc)


def what_was_played(record: dict[str, Any], is_video: bool) -> dict[str, Any]:
    """The texts of a track, an episode or a chapter; a vanished track has a URI at best, and no title."""
    track = text(record.get("master_metadata_track_name"))
    episode = text(record.get("episode_name"))
    book = text(record.get("audiobook_title"))
    if track is None and episode is not None:
        show = text(record.get("episode_show_name"))
        return {"title": episode, "artist_credit": show, "media": "podcast", "spotify_uri": text(record.get("spotify_episode_uri"))}
    if track is None and book is not None:
        return {
            "title": text(record.get("audiobook_chapter_title")) or book,
            "artist_credit": book,  # the author is not exported; as a podcast's show
            "media": "audiobook",
            "spotify_uri": text(record.get("audiobook_chapter_uri")) or text(record.get("audiobook_uri")),
        }
    return {
        "title": track,
        "artist_credit": text(record.get("master_metadata_album_artist_name")),  # one name only, so `artist_names` stays unknown
        "release_group_name": text(record.get("master_metadata_album_album_name")),
        "media": "video" if is_video else "music",
        "spotify_uri": text(record.get("spotify_track_uri")),
    }


def skipped(record: dict[str, Any]) -> bool | None:
    """What `skipped` says. Only where it is null (years of old records) `reason_end` answers: forward button or played through."""
    said = flag(record.get("skipped"))
    if said is None:
        reason = record.get("reason_end")
        return {"fwdbtn": True, "trackdone": False}.get(reason) if isinstance(reason, str) else None
    return said


SPOTIFY_EXTENDED = Source(
    name="spotify_extended",
    code=1,
    title="Spotify extended streaming history (JSON)",
    richness=richness.SPOTIFY_EXTENDED,
    resolution_seconds=1,
    recognises=recognises,
    read=read,
)

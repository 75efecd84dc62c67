"""Spotify's extended streaming history: `Streaming_History_Audio_*.json`, `…_Video_*.json` and the older `endsong_*.json`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, BinaryIO

import polars as pl

from wrapped_assets.contracts.source import Batch, Head, Source
from wrapped_assets.sources import richness
from wrapped_assets.sources.devices import device_code
from wrapped_assets.sources.json_columns import Fields, batches_by_column
from wrapped_assets.sources.json_rows import Having, keys_of, records
from wrapped_assets.sources.rows import flag, text, time_text
from wrapped_assets.sources.times import iso_utc

IS_PLAY = Having("ts", "ms_played")
TRACK = {  # one artist's name only, so `artist_names` stays unknown
    "title": "master_metadata_track_name", "artist_credit": "master_metadata_album_artist_name",
    "release_group_name": "master_metadata_album_album_name", "spotify_uri": "spotify_track_uri",
}  # fmt: skip


def recognises(head: Head) -> bool:
    """A list of records with `ts` and `ms_played`; an empty list only by its name."""
    if head.first_bytes.split() in ([b"[]"], [b"[", b"]"]):
        return head.name.startswith(("Streaming_History_", "endsong_"))
    return keys_of(head.first_bytes) >= {"ts", "ms_played"}


def read(stream: BinaryIO, head: Head) -> Iterator[Batch]:
    """Plays in the order of the file; `ts` is the end, so the start is `ts` − `ms_played` (early after pauses: the best estimate)."""
    is_video = "video" in head.name.lower()  # also the older `endvideo.json`; a music video's record looks like any track's
    return batches_by_column(records(stream, IS_PLAY), lambda fields: columns_of(fields, is_video=is_video), iso_utc)


def columns_of(fields: Fields, *, is_video: bool) -> pl.DataFrame:
    """The columns of many records. What is no track (an episode, a chapter, a vanished track) is told by `what_was_played` alone."""
    played, skips = fields.wholes("ms_played"), fields.read("skipped", flag, pl.Boolean())
    frame = pl.DataFrame(
        {
            "time_text": fields.read("ts", time_text, pl.String()), "ms_before_time": played.fill_null(0), "ms_played": played,
            "is_private": fields.read("incognito_mode", flag, pl.Boolean()),
            "device_code": fields.read("platform", device_code, pl.UInt8()),
            "is_skipped": skips if not skips.null_count() else pl.Series(map(skipped, fields.records), dtype=pl.Boolean),
            **{name: fields.read(key, text, pl.String()) for name, key in TRACK.items()},
        }
    ).with_columns(is_scrobble=False, media=pl.lit("video" if is_video else "music"))  # fmt: skip
    untimed = frame["time_text"].is_null().arg_true()
    of_short = ["other_form" if "endTime" in fields.records[place] else None for place in untimed]
    frame = frame.with_columns(reason=pl.Series([None], dtype=pl.String).new_from_index(0, frame.height).scatter(untimed, of_short))
    others = frame["title"].is_null().arg_true()
    told = pl.DataFrame([what_was_played(fields.records[place], is_video) for place in others], dict.fromkeys([*TRACK, "media"], pl.String))
    return frame.with_columns(frame[name].scatter(others, told[name]) for name in told.columns) if len(others) else frame


def what_was_played(record: dict[str, Any], is_video: bool) -> dict[str, Any]:
    """The texts of a track, an episode or a chapter; a vanished track has a URI at best, and no title."""
    track = text(record.get(TRACK["title"]))
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
        **{name: text(record.get(key)) for name, key in TRACK.items() if name != "title"},
        "media": "video" if is_video else "music",
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

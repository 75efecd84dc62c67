"""Plays as Spotify gives them to its users: the extended streaming history, and the short account data."""

from __future__ import annotations

import itertools
import json
from collections.abc import Sequence
from datetime import UTC, datetime

from wrapped_synthesis.household_music import invented_uri
from wrapped_synthesis.household_plays import Play

Members = dict[str, bytes]
_SHOW = "The Keepers’ Hour"
_EPISODE_MINUTES = 24


def _text(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False, indent=2).encode()


def _utc(at_ms: int) -> datetime:
    return datetime.fromtimestamp(at_ms // 1000, UTC)


def _record(at_ms: int, ms_played: int) -> dict[str, object]:
    """All fields of a record, as they are where nothing is known; who looks at an export often blanks the personal ones."""
    return {
        "ts": f"{_utc(at_ms + ms_played):%Y-%m-%dT%H:%M:%SZ}",
        "platform": None,
        "ms_played": ms_played,
        "conn_country": None,
        "ip_addr": None,
        "master_metadata_track_name": None,
        "master_metadata_album_artist_name": None,
        "master_metadata_album_album_name": None,
        "spotify_track_uri": None,
        "episode_name": None,
        "episode_show_name": None,
        "spotify_episode_uri": None,
        "audiobook_title": None,
        "audiobook_uri": None,
        "audiobook_chapter_uri": None,
        "audiobook_chapter_title": None,
        "reason_start": "trackdone",
        "reason_end": "trackdone",
        "shuffle": False,
        "skipped": False,
        "offline": False,
        "offline_timestamp": at_ms // 1000,
        "incognito_mode": False,
    }


def _track_record(play: Play) -> dict[str, object]:
    return _record(play.listened_at_ms, play.ms_played) | {
        "master_metadata_track_name": play.song.title_with_guests,
        "master_metadata_album_artist_name": play.song.artist_names[0],
        "master_metadata_album_album_name": play.song.album,
        "spotify_track_uri": play.song.spotify_uri,
        "reason_end": "fwdbtn" if play.is_skipped else "trackdone",
        "skipped": play.is_skipped,
        "incognito_mode": play.is_private,
    }


def episodes(plays: Sequence[Play]) -> list[tuple[int, int, str]]:
    """Start, milliseconds and name of podcast episodes, each in the first long enough silence of an even month."""
    found = []
    months = sorted({(_utc(play.listened_at_ms).year, _utc(play.listened_at_ms).month) for play in plays})
    for year, month in months:
        of_month = [play for play in plays if (_utc(play.listened_at_ms).year, _utc(play.listened_at_ms).month) == (year, month)]
        for before, after in itertools.pairwise(of_month):
            if month % 2 == 0 and after.listened_at_ms - before.ended_at_ms > 3 * 3_600_000:
                number = len(found) + 1
                found.append((before.ended_at_ms + 600_000, _EPISODE_MINUTES * 60_000, f"{number}. How to light a lamp, part {number}"))
                break
    return found


def extended(plays: Sequence[Play]) -> Members:
    """One file a year. One row stands twice, and one track's names are gone, as happens in real exports."""
    records = [_track_record(play) for play in plays]
    for at_ms, ms_played, name in episodes(plays):
        uri = invented_uri("episode", name)
        records.append(
            _record(at_ms, ms_played)
            | {"episode_name": name, "episode_show_name": _SHOW, "spotify_episode_uri": uri, "reason_end": "endplay"}
        )
    vanished = plays[-1].ended_at_ms + 3_600_000
    records.append(_record(vanished, 181_000) | {"reason_start": "clickrow"})
    records.append(dict(records[len(plays) // 3]))
    records.sort(key=lambda record: str(record["ts"]))
    years = sorted({str(record["ts"])[:4] for record in records})
    return {
        f"MyData/Streaming_History_Audio_{year}_{number}.json": _text([record for record in records if str(record["ts"]).startswith(year)])
        for number, year in enumerate(years)
    }


def short(plays: Sequence[Play], of_podcasts: Sequence[Play], since_ms: int) -> Members:
    """The same plays from `since_ms` on as the short form has them: no album, no address, the end to the minute.

    Private plays are left out, and some titles are capitalised otherwise than in the extended form.
    """
    music = [
        {
            "endTime": f"{_utc(play.ended_at_ms):%Y-%m-%d %H:%M}",
            "artistName": play.song.artist_names[0],
            "trackName": play.song.title_with_guests.replace("on the", "On The"),
            "msPlayed": play.ms_played,
        }
        for play in plays
        if play.listened_at_ms >= since_ms and not play.is_private
    ]
    podcasts = [
        {"endTime": f"{_utc(at_ms + ms_played):%Y-%m-%d %H:%M}", "podcastName": _SHOW, "episodeName": name, "msPlayed": ms_played}
        for at_ms, ms_played, name in episodes(of_podcasts)
        if at_ms >= since_ms
    ]
    folder = "Spotify Account Data"
    return {f"{folder}/StreamingHistory_music_0.json": _text(music), f"{folder}/StreamingHistory_podcast_0.json": _text(podcasts)}

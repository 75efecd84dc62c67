"""Plays as scrobble stores export them: ListenBrainz, Last.fm and Maloja, which keep qualified plays only."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from urllib.parse import quote_plus

from wrapped_synthesis.household_music import Song, invented_uuid
from wrapped_synthesis.household_plays import Play

Members = dict[str, bytes]
_PAGE = 200


def qualified(plays: Sequence[Play]) -> list[Play]:
    """Plays of at least half of the recording or four minutes: what a scrobbler submits."""
    return [play for play in plays if play.ms_played * 2 >= play.song.duration_ms or play.ms_played >= 240_000]


def _mapping(song: Song) -> dict[str, object] | None:
    """MusicBrainz ids of a valid form; songs of one artist in nine are not in MusicBrainz."""
    if sum(song.artist_names[0].encode()) % 9 == 0:
        return None
    mbids = [invented_uuid("artist", name) for name in song.artist_names]
    joins = ["" if place == len(mbids) - 1 else " feat. " if place == 0 else " & " for place in range(len(mbids))]
    return {
        "artists": [
            {"artist_mbid": mbid, "join_phrase": join, "artist_credit_name": name}
            for mbid, join, name in zip(mbids, joins, song.artist_names, strict=True)
        ],
        "artist_mbids": mbids,
        "release_mbid": invented_uuid("release", song.artist_names[0] + song.album),
        "recording_mbid": invented_uuid("recording", song.artist_names[0] + song.title),
        "recording_name": song.title,
    }


def _listen(play: Play) -> dict[str, object]:
    song, second = play.song, play.listened_at_ms // 1000
    return {
        "inserted_at": second + 214.25,
        "listened_at": second,
        "track_metadata": {
            "track_name": song.title,
            "artist_name": song.artist_credit,
            "release_name": song.album,
            "mbid_mapping": _mapping(song),
            "recording_msid": invented_uuid("msid", song.artist_credit + song.title),
            "additional_info": {
                "isrc": song.isrc,
                "duration_ms": song.duration_ms,
                "duration_played": play.ms_played // 1000,
                "submission_client": "navidrome",
            },
        },
    }


def listenbrainz(plays: Sequence[Play], name: str) -> Members:
    """The export's files: one of listens for each UTC month, newest month last."""
    months: dict[str, list[str]] = {}
    for play in qualified(plays):
        at = datetime.fromtimestamp(play.listened_at_ms // 1000, UTC)
        months.setdefault(f"listens/{at.year}/{at.month}.jsonl", []).append(json.dumps(_listen(play), ensure_ascii=False))
    loved = plays[0].song
    feedback = {"recording_msid": invented_uuid("msid", loved.artist_credit + loved.title), "recording_mbid": None, "score": 1}
    return {
        "user.json": json.dumps({"user_id": 70_707, "username": name}).encode(),
        **{path: ("\n".join(lines) + "\n").encode() for path, lines in months.items()},
        "feedback.jsonl": (json.dumps(feedback | {"created": plays[0].listened_at_ms // 1000}) + "\n").encode(),
        "pinned_recording.jsonl": b"",
    }


def _scrobble(song: Song) -> dict[str, object]:
    artist = song.artist_names[0]
    return {
        "artist": {"mbid": "", "#text": artist},
        "streamable": "0",
        "image": [{"size": "small", "#text": ""}],
        "mbid": "",
        "album": {"mbid": "", "#text": song.album},
        "name": song.title_with_guests,
        "url": f"https://www.last.fm/music/{quote_plus(artist)}/_/{quote_plus(song.title_with_guests)}",
    }


def lastfm(plays: Sequence[Play], name: str) -> Members:
    """The pages of `user.getRecentTracks`, newest first, in one array; what is playing now leads and has no date."""
    scrobbles = []
    for play in reversed(qualified(plays)):
        at = datetime.fromtimestamp(play.listened_at_ms // 1000, UTC)
        scrobbles.append(_scrobble(play.song) | {"date": {"uts": str(int(at.timestamp())), "#text": f"{at:%d %b %Y, %H:%M}"}})
    count = -(-len(scrobbles) // _PAGE)
    pages: list[dict[str, object]] = []
    for number in range(count):
        tracks = scrobbles[number * _PAGE : (number + 1) * _PAGE]
        if number == 0:
            tracks = [_scrobble(plays[0].song) | {"@attr": {"nowplaying": "true"}}, *tracks]
        about = {"user": name, "totalPages": str(count), "page": str(number + 1), "perPage": str(_PAGE), "total": str(len(scrobbles))}
        pages.append({"track": tracks, "@attr": about})
    last = plays[-1].ended_at_ms // 1000
    return {f"recenttracks-{name}-{last}.json": json.dumps(pages, ensure_ascii=False, separators=(",", ":")).encode()}


def maloja(plays: Sequence[Play]) -> bytes:
    """Maloja's own export: seconds, artists as a list."""
    scrobbles = [
        {
            "time": play.listened_at_ms // 1000,
            "track": {
                "artists": list(play.song.artist_names),
                "title": play.song.title,
                "album": {"artists": [play.song.artist_names[0]], "albumtitle": play.song.album},
                "length": play.song.duration_ms // 1000,
            },
            "duration": play.ms_played // 1000,
            "origin": "client:default",
        }
        for play in qualified(plays)
    ]
    export = {"maloja": {"export_time": plays[-1].ended_at_ms // 1000 + 86_400}, "scrobbles": scrobbles}
    return json.dumps(export, ensure_ascii=False, indent=2).encode()

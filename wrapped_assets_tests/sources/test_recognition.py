"""The content says what a file is; its name only where there is no content."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from wrapped_assets.contracts.discovery import all_sources
from wrapped_assets.contracts.errors import InputError
from wrapped_assets.contracts.source import Head
from wrapped_assets.sources.recognition import read_path, recognise

TRACK = {"artist": {"#text": "A", "mbid": ""}, "name": "T", "mbid": "", "date": {"uts": "1616431860"}}
LISTEN = {"track_metadata": {"track_name": "T", "artist_name": "A"}}
RECENT = {"items": [{"played_at": "2024-01-01T00:01:00Z", "track": {"name": "T", "href": "https://api.spotify.com/v1/tracks/1"}}]}
CONTENTS: list[tuple[str, Any]] = [
    ("spotify_extended", [{"ts": "2023-03-19T18:31:37Z", "ms_played": 1}]),
    ("spotify_short", [{"endTime": "2021-12-03 05:31", "msPlayed": 1}]),
    ("listenbrainz", {"listened_at": 1616431860, **LISTEN}),
    ("listenbrainz", {"payload": {"count": 1, "listens": [{"listened_at": 1616431860, **LISTEN}]}}),
    ("listenbrainz_dump", {"user_id": 1, "user_name": "u", "timestamp": 1616431860, **LISTEN}),
    ("lastfm_api", [{"track": [TRACK], "@attr": {"page": "1"}}]),
    ("lastfm_api", {"recenttracks": {"track": [TRACK]}}),
    ("amazon_music", "timestamp,asin,title,consumptionDurationMs,artistAsin\n2025-03-04T11:45:00Z,B0,T,1000,B1\n"),
    ("lastfm_csv", 'A,L,T,"22 Mar 2021 16:51"\n'),
    ("maloja", {"maloja": {"export_time": 1}, "scrobbles": []}),
    ("koito", {"version": "1", "listens": [{"listened_at": "2022-01-08T22:32:08Z", "track": {"aliases": []}}]}),
    ("spotify_recent", RECENT),
    ("spotify_recent", [RECENT]),
]


@pytest.mark.parametrize(("name", "content"), CONTENTS)
def test_each_content_is_recognised_by_exactly_its_format_whatever_its_name(name: str, content: Any) -> None:
    raw = content.encode() if isinstance(content, str) else json.dumps(content, indent=2).encode()
    head = Head("holiday-photos.bin", "holiday-photos.bin", raw)
    assert [source.name for source in all_sources() if source.recognises(head)] == [name]


def test_an_empty_list_is_told_by_its_name() -> None:
    for name, expected in (("Streaming_History_Video_2018.json", "spotify_extended"), ("StreamingHistory_podcast_0.json", "spotify_short")):
        source = recognise(Head(name, name, b"[ ]\n"))
        assert source is not None
        assert source.name == expected
    assert recognise(Head("x.json", "x.json", b"[]")) is None


@pytest.mark.parametrize(
    "raw", [b"", b"{}", b"%PDF-1.4", b"PAR1", b"\x00\x01", b'{"username": "x"}', b'[{"a": 1}]', b"\xff\xfe", b"{" * 9999]
)
def test_foreign_content_is_not_recognised(raw: bytes) -> None:
    assert recognise(Head("Streaming_History_Audio_2019.json", "x", raw)) is None


def test_codes_and_richness_are_fixed_and_total() -> None:
    given = {
        "spotify_extended": 1, "spotify_short": 2, "listenbrainz": 3, "listenbrainz_dump": 4, "lastfm_api": 6, "lastfm_csv": 7, "maloja": 8,
        "koito": 9, "event_log": 10, "spotify_recent": 11, "spotify_csv": 12, "rockbox": 13, "pano": 14, "tidal": 15, "deezer": 16,
        "listenbrainz_spark": 17, "youtube_music": 18, "apple_music": 19, "navidrome": 20, "tautulli": 21, "plex": 22,
        "jellyfin": 23, "amazon_music": 24,
    }  # fmt: skip
    codes = {source.name: source.code for source in all_sources()}
    assert given.items() <= codes.items(), "a code stands in the lake of everybody who imported with it"
    richest = sorted(all_sources(), key=lambda source: -source.richness)
    assert len({source.richness for source in richest}) == len(richest)
    assert [source.name for source in richest[:4]] == ["spotify_extended", "event_log", "spotify_csv", "spotify_short"]


def test_a_named_format_is_used_for_a_file_and_chooses_in_a_folder(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text("[]")
    (tmp_path / "b.json").write_text(json.dumps(CONTENTS[1][1]))
    assert read_path(tmp_path / "a.json", "spotify_short").files[0].source.name == "spotify_short"
    reading = read_path(tmp_path, "spotify_short")
    assert ([file.head.name for file in reading.files], reading.unrecognised) == (["b.json"], ["a.json"])
    with pytest.raises(InputError, match="known are spotify_extended"):
        read_path(tmp_path, "winamp")


def test_what_is_shown_of_a_head_holds_nothing_of_the_file() -> None:
    assert "secret" not in repr(Head("x.json", "x.json", b'[{"title": "secret"}]'))


def test_an_empty_file_is_named_as_empty(tmp_path: Path) -> None:
    (tmp_path / "history.json").write_bytes(b"")
    with pytest.raises(InputError, match="1 of them empty: export or copy again"):
        read_path(tmp_path / "history.json")

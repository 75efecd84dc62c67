"""M3U8 holds one line of names and one address a track."""

from __future__ import annotations

import os
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given, settings

from wrapped_assets.playlists.formats.contract import PlaylistData, PlaylistTrack
from wrapped_assets.playlists.formats.m3u8 import UNWRITABLE, render
from wrapped_assets_tests.playlists.formats.examples import MIXED, URI, playlists


def test_a_playlist_reads_as_the_format_says() -> None:
    rendered = render(MIXED)
    assert rendered.content.decode().splitlines() == [
        "#EXTM3U",
        "#PLAYLIST:Your top songs 2025",
        "# 2 of 5 tracks have an address. The others are left out.",
        "#EXTINF:216,Marrow & Pine feat. Odile Vantage - Lantern Season",
        f"https://open.spotify.com/track/{1:022d}",
        "#EXTINF:-1,Tidal Arcade - Night Bus",
        f"https://open.spotify.com/track/{2:022d}",
    ]
    assert [out.position for out in rendered.left_out] == [3, 4, 5]


@settings(max_examples=60, deadline=None)
@given(playlist=playlists)
def test_no_name_adds_a_line(playlist) -> None:
    head, title, *entries = render(playlist).content.decode().split("\n")[:-1]
    entries = [line for line in entries if not line.startswith("# ")]  # the note of what is left out
    assert (head, title[:10]) == ("#EXTM3U", "#PLAYLIST:")
    assert all(line.startswith("#EXTINF:") for line in entries[::2])
    expected = [uri for track in playlist.tracks if (uri := track.spotify_uri or "").startswith(URI[:14]) and len(uri) == 36]
    assert [line.removeprefix("https://open.spotify.com/track/") for line in entries[1::2]] == [uri[14:] for uri in expected]


@pytest.mark.parametrize(
    ("file", "line"),
    [
        ("/music/Oz/01 Überall.flac", "/music/Oz/01 Überall.flac"), ("../Oz/a.flac", "../Oz/a.flac"), ("#1 hits/a.ogg", "./#1 hits/a.ogg"),
        (" a.ogg", "./ a.ogg"), ("12:00 - a.ogg", "./12:00 - a.ogg"), ("http:/x.ogg", "./http:/x.ogg"), ("Oz/a:b#c.ogg", "Oz/a:b#c.ogg"),
        ("a\nb.ogg", None), ("a\u2028b.ogg", None), (os.fsdecode(b"\xff.ogg"), None),
    ],
)  # fmt: skip
def test_a_file_is_a_line_that_no_player_takes_for_something_else(file: str, line: str | None) -> None:
    playlist = PlaylistData("P", date(2025, 12, 31), [PlaylistTrack(1, "Song", "Oz", spotify_uri=URI.format(1), file=file)], is_local=True)
    rendered = render(playlist)
    entries = [each for each in rendered.content.decode().split("\n")[:-1] if not each.startswith("#")]
    assert entries == ([line] if line else [])
    assert [out.reason for out in rendered.left_out] == ([] if line else [UNWRITABLE])


def test_a_local_playlist_has_no_other_addresses() -> None:
    rendered = render(replace(MIXED, is_local=True, tracks=[replace(MIXED.tracks[0], file="a.ogg"), *MIXED.tracks[1:]]))
    assert b"spotify" not in rendered.content
    assert rendered.note == "1 of 5 tracks have a file in the library."
    assert {out.reason for out in rendered.left_out} == {"the library has no file of it"}

"""M3U8 holds one line of names and one address a track."""

from __future__ import annotations

from hypothesis import given, settings

from wrapped_assets.playlists.formats.m3u8 import render
from wrapped_assets_tests.playlists.formats.examples import MIXED, URI, playlists


def test_a_playlist_reads_as_the_format_says() -> None:
    rendered = render(MIXED)
    assert rendered.content.decode().splitlines() == [
        "#EXTM3U",
        "#PLAYLIST:Your top songs 2025",
        "# 3 of 5 tracks are left out: no address to play them from is known.",
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

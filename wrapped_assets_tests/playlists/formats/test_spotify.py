"""Spotify URIs stand one a line."""

from __future__ import annotations

from wrapped_assets.playlists.formats.spotify import render
from wrapped_assets_tests.playlists.formats.examples import MIXED, URI


def test_only_tracks_of_the_service_are_listed() -> None:
    rendered = render(MIXED)
    assert rendered.content.decode() == f"{URI.format(1)}\n{URI.format(2)}\n"
    assert [(out.position, out.recording_name) for out in rendered.left_out] == [(3, "Demo 7"), (4, "Whistle"), (5, None)]

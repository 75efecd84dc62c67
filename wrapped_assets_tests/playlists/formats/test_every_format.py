"""Promises that every playlist format keeps."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings

from wrapped_assets.playlists.formats.contract import PlaylistFormat, PlaylistTrack
from wrapped_assets.playlists.formats.registry import all_formats, format_named
from wrapped_assets_tests.playlists.formats.examples import MIXED, playlists

each_format = pytest.mark.parametrize("form", all_formats().values(), ids=list(all_formats()))


def test_the_formats_are_found_by_walking() -> None:
    assert list(all_formats()) == ["csv", "jspf", "m3u", "m3u8", "spotify", "xspf"]
    assert format_named("xspf").suffix == ".xspf"
    with pytest.raises(ValueError, match="known are csv, jspf, m3u, m3u8, spotify, xspf"):
        format_named("wpl")


@each_format
def test_an_empty_playlist_is_written(form: PlaylistFormat) -> None:
    rendered = form.render(replace(MIXED, tracks=[]))
    assert rendered.left_out == rendered.passed_over == ()


@each_format
def test_a_track_of_which_nothing_is_known_is_left_out_with_a_reason(form: PlaylistFormat) -> None:
    rendered = form.render(replace(MIXED, tracks=[PlaylistTrack(7)]))
    assert [out.position for out in rendered.left_out] == [7]
    assert rendered.left_out[0].reason
    assert rendered.left_out[0].recording_name is None


@each_format
@settings(max_examples=60, deadline=None)
@given(playlist=playlists)
def test_any_names_are_written_as_the_same_utf_8_without_invisible_controls(form: PlaylistFormat, playlist) -> None:
    rendered = form.render(playlist)
    assert form.render(playlist) == rendered
    text = rendered.content.decode("utf-8-sig" if form.name == "csv" else "utf-8")
    assert not set(text) & set("\0\x1b\u202e\u2066\u2028\ufffe\ufeff")
    assert len(rendered.left_out) <= len(playlist.tracks)

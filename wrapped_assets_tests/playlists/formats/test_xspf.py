"""XSPF is valid, and independent readers find in it what was written."""

from __future__ import annotations

import io
import json
import os
import subprocess
import xml.etree.ElementTree as ET
from dataclasses import replace
from pathlib import Path

import pytest
import xspf_lib
from hypothesis import given, settings

from wrapped_assets.kernels.one_line import one_line
from wrapped_assets.playlists.formats.addresses import credit
from wrapped_assets.playlists.formats.contract import PlaylistTrack
from wrapped_assets.playlists.formats.xspf import NAMESPACE, render
from wrapped_assets_tests.playlists.formats.examples import COMPLETE, MBID, MIXED, NASTY, WITHOUT_MBID, playlists

SYSTEM_PYTHON = Path("/usr/bin/python3")
READER = Path(__file__).with_name("totem_reads.py")


def read(content: bytes) -> xspf_lib.Playlist:
    return xspf_lib.Playlist.parse(io.BytesIO(content))


def totem(path: Path) -> dict:
    try:
        done = subprocess.run([SYSTEM_PYTHON, READER, path], capture_output=True, text=True, check=True, timeout=30)
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("totem-plparser is absent (Debian: gir1.2-totemplparser-1.0, python3-gi)")
    return json.loads(done.stdout)


def test_every_track_with_a_name_or_an_address_is_in_the_file() -> None:
    rendered = render(MIXED)
    playlist = read(rendered.content)
    assert (playlist.title, playlist.creator) == ("Your top songs 2025", "Ana")
    assert [track.title for track in playlist] == ["Lantern Season", "Night Bus", "Demo 7", "Whistle"]
    assert [track.duration for track in playlist][:2] == [216_400, None]
    assert list(playlist[0].identifier) == [f"https://musicbrainz.org/recording/{MBID.format(1)}"]
    assert [out.position for out in rendered.left_out] == [5]
    assert [out.position for out in rendered.passed_over] == [3, 4]
    assert rendered.note == "2 of 5 tracks have a location. Players that open nothing but locations skip the others."
    assert playlist.annotation == f"What you played most, told by days. {rendered.note}"
    assert render(replace(MIXED, tracks=[COMPLETE])).note == ""


@pytest.mark.parametrize(
    ("file", "location"),
    [
        ("/music/Öz/1 #2?.flac", "file:///music/%C3%96z/1%20%232%3F.flac"), ("../a b.ogg", "../a%20b.ogg"), ("x:y.ogg", "x%3Ay.ogg"),
        (os.fsdecode(b"a\xff\n.ogg"), "a%FF%0A.ogg"),
    ],
)  # fmt: skip
def test_a_file_is_an_address_whatever_its_name(file: str, location: str) -> None:
    rendered = render(replace(MIXED, is_local=True, tracks=[replace(COMPLETE, file=file), WITHOUT_MBID]))
    first, second = ET.fromstring(rendered.content).iter(f"{{{NAMESPACE}}}track")
    assert (first.findtext(f"{{{NAMESPACE}}}location"), second.find(f"{{{NAMESPACE}}}location")) == (location, None)
    assert rendered.note.startswith("1 of 2 tracks have a location.")


@pytest.mark.parametrize("wrong", [("<trackList>", "<tracks>"), ("<title>", "<title><b/>"), ('version="1"', ""), ("</date>", "x</date>")])
def test_the_checker_sees_faults(wrong: tuple[str, str]) -> None:
    with pytest.raises((ValueError, TypeError, SyntaxError)):
        read(render(MIXED).content.decode().replace(*wrong, 1).encode())


def test_an_empty_playlist_has_its_track_list() -> None:
    assert list(read(render(replace(MIXED, tracks=[])).content)) == []


@settings(max_examples=100, deadline=None)
@given(playlist=playlists)
def test_any_name_is_valid_and_read_back(playlist) -> None:
    rendered = render(playlist)
    gone = len(rendered.left_out)
    found = read(rendered.content)
    assert found.title == (one_line(playlist.title) or "Playlist")
    assert len(list(found)) + gone == len(playlist.tracks)
    if not gone:
        assert [(track.title or "", track.creator or "") for track in found] == [
            (one_line(t.recording_name), credit(t)) for t in playlist.tracks
        ]


def test_a_player_finds_the_tracks_that_have_an_address(tmp_path: Path) -> None:
    hostile = [replace(WITHOUT_MBID, position=9, recording_name="".join(NASTY)), PlaylistTrack(10, "No address", "Nobody")]
    path = tmp_path / "playlist.xspf"
    rendered = render(replace(MIXED, tracks=[COMPLETE, *hostile]))
    path.write_bytes(rendered.content)
    answer = totem(path)
    assert answer["ok"]
    assert [uri for uri, _ in answer["found"]] == [f"https://open.spotify.com/track/{n:022d}" for n in (1, 2)]
    assert [title for _, title in answer["found"]] == ["Lantern Season", one_line("".join(NASTY))]
    assert [out.position for out in rendered.passed_over] == [10]

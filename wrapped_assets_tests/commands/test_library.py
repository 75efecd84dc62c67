"""`wrapped playlist --library`: playlists of a listener's own files, whose paths a player resolves from where the playlist lies."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ET
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest

from wrapped_assets_tests.commands.running import document, run
from wrapped_assets_tests.library.audio import flac

PLAYLIST = ("playlist", "your_top_songs", "--listener", "mira", "--year", 2025)
COUNT = 7


@pytest.fixture
def library(tmp_path: Path, household_to_read: Path) -> Path:
    """A folder with the first seven songs, and one that nobody plays."""
    songs = json.loads(run(household_to_read, "show", "playlists/your_top_songs", "--year", 2025, "--listener", "mira", "--json").stdout)
    for place, song in enumerate(songs[:COUNT], 1):
        flac(tmp_path / "My #1 Müsic" / f"{place:02}.flac", title=song["recording_name"], artist=song["artist_name"])
    flac(tmp_path / "My #1 Müsic" / "other.flac", title="Nobody plays this", artist="Nobody")
    return tmp_path / "My #1 Müsic"


def _places(playlist: Path, format_: str) -> list[Path]:
    """What a player opens, in order."""
    if format_ == "xspf":
        found = [each.text or "" for each in ET.parse(playlist).iter("{http://xspf.org/ns/0/}location")]
        return [playlist.parent / unquote(urlsplit(each).path) for each in found]
    return [playlist.parent / line for line in playlist.read_text().splitlines() if line and not line.startswith("#")]


@pytest.mark.parametrize("format_", ["m3u", "m3u8", "xspf"])
def test_a_player_finds_each_file_from_where_the_list_lies(household_to_read: Path, library: Path, tmp_path: Path, format_) -> None:
    inside, beside = library / f"lists/top.{format_}", tmp_path / f"top.{format_}"
    inside.parent.mkdir()
    for out, further in ((inside, ()), (beside, ()), (beside, ("--paths", "playlist")), (inside, ("--paths", "absolute"))):
        report = document(household_to_read, *PLAYLIST, "--format", format_, "--library", library, "--out", out, *further)
        assert [path.resolve() for path in _places(out, format_)] == [library / f"{place:02}.flac" for place in range(1, COUNT + 1)]
        assert (str(tmp_path) in out.read_text()) == ((out == beside) != ("playlist" in further)) or "absolute" in further
        assert report["library"] == {"audio_files": COUNT + 1, "unreadable": 0}
        assert report["note"].startswith("7 of 100 tracks have a")
        missing = report["passed_over" if format_ == "xspf" else "left_out"]
        assert [each["position"] for each in missing] == list(range(COUNT + 1, 101))
        assert {each["reason"].partition(";")[0] for each in missing} == {"the library has no file of it"}
        assert "spotify.com" not in out.read_text()


def test_paths_of_the_library_are_what_a_server_with_its_own_root_needs(household_to_read: Path, library: Path) -> None:
    printed = run(household_to_read, *PLAYLIST, "--format", "m3u", "--library", library, "--paths", "library").stdout
    assert [line for line in printed.splitlines() if not line.startswith("#")] == [f"{place:02}.flac" for place in range(1, COUNT + 1)]


def test_nothing_of_a_library_is_kept_or_said(household_to_read: Path, library: Path, tmp_path: Path) -> None:
    (library / "Qwyz - Qwyz.flac").write_bytes(b"ID3\x04\0\0\0\0\0\x7fTIT2")
    said = run(household_to_read, *PLAYLIST, "--format", "m3u", "--library", library, "--out", tmp_path / "x.m3u")
    assert "9 audio files looked at, 1 files or folders unreadable" in said.stderr
    assert not any("Qwyz" in text for text in (said.stdout, said.stderr, (tmp_path / "x.m3u").read_text()))
    assert not any(b"Qwyz" in path.read_bytes() for path in household_to_read.glob("registry.sqlite*"))


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (["--format", "jspf", "--library", "."], "--library is for players that open files"),
        (["--format", "spotify", "--library", "."], "m3u, m3u8 or xspf"),
        (["--format", "m3u", "--paths", "absolute"], "choose the library with --library"),
        (["--format", "m3u", "--library", "nowhere"], "does not exist"),
        (["--format", "m3u", "--library", __file__], "is a file"),
    ],
)
def test_wrong_usage_says_what_to_write(household_to_read: Path, options: list[str], says: str) -> None:
    assert says in run(household_to_read, *PLAYLIST, *options, code=2).stderr

"""Stories and playlists in every format: for a household, for three listens, and for a year without any."""

from __future__ import annotations

from pathlib import Path

import pytest

from wrapped_assets.storage.root import Root
from wrapped_assets_tests.commands.running import run
from wrapped_assets_tests.exports import spotify_file

STORIES = {"text": b"", "json": b"{", "html": b"<!", "png": b"\x89PNG"}
PLAYLISTS = {"jspf": b"{", "xspf": b"<?xml", "m3u": b"#EXTM3U", "m3u8": b"#EXTM3U", "csv": b"", "spotify": b""}


def _told(data: Path, listener: str, year: int, folder: Path) -> None:
    for format_, start in STORIES.items():
        out = folder / f"story.{format_}"
        run(data, "story", "--listener", listener, "--year", year, "--format", format_, "--out", out)
        assert out.read_bytes().lstrip().startswith(start)
        assert out.stat().st_size
    for format_, start in PLAYLISTS.items():
        out = folder / f"list.{format_}"
        run(data, "playlist", "your_top_songs", "--listener", listener, "--year", year, "--format", format_, "--out", out)
        assert out.read_bytes().startswith(start)


@pytest.mark.slow
def test_the_household_has_stories_and_playlists_in_every_format(household_to_read: Path, tmp_path: Path) -> None:
    for listener in ("mira", "oskar"):
        _told(household_to_read, listener, 2025, tmp_path)


@pytest.mark.parametrize("year", [2025, 1999, pytest.param(2024, marks=pytest.mark.slow)])
def test_three_listens_and_an_empty_year_have_stories_and_playlists_too(tmp_path: Path, small: Root, year: int) -> None:
    run(small.path, "import", spotify_file(tmp_path, "2025-06-01 good*3"), "--listener", "three")
    run(small.path, "build")
    _told(small.path, "three", year, tmp_path)

"""docs/matching.md: every example on the page is what the product does."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from wrapped_assets_tests.listens.plays import EXACT, MINUTES, SCROBBLES, duplicates_in, listens_in, loaded, play

PAGE = Path(__file__).parents[2] / "docs" / "matching.md"
FORMATS = {"stream": EXACT, "short": MINUTES, "scrobble": SCROBBLES}
LINE = re.compile(r"(\w+) (\d\d:\d\d:\d\d) (-|\d+:\d\d) (.+?) · ([^\[]+?)(?: \[(.+)\])?$")
EXPECTED = re.compile(r"= (\d+) listens?(?: of (\d+) recordings?)?(?:: (.+))?$")
EXAMPLES = re.findall(r"```plays\n(.+?)```", PAGE.read_text(encoding="utf-8"), flags=re.DOTALL)


def record(text: str) -> tuple[str, dict[str, Any]]:
    """A format's name and a play, from a line of the page."""
    found = LINE.match(text)
    assert found, text
    name, start, length, title, artist, more = found.groups()
    minutes, _, seconds = length.partition(":")
    played = None if length == "-" else (int(minutes) * 60 + int(seconds)) * 1000
    said: dict[str, Any] = {}
    if more and more.startswith("spotify "):
        said["spotify_uri"] = f"spotify:track:{more.removeprefix('spotify '):0>22}"
    elif more and more.startswith("album "):
        said["release_group_name"] = more.removeprefix("album ")
    elif more and more.startswith("sent "):
        said["submitted_title"], said["submitted_artist_credit"] = more.removeprefix("sent ").split(" · ")
    return name, play(f"2026-03-01 {start}", title, played, artist_credit=artist, is_scrobble=name == "scrobble", **said)


@pytest.mark.parametrize("text", EXAMPLES, ids=lambda text: text.splitlines()[0])
def test_an_example_is_what_happens(text: str) -> None:
    *lines, last = text.strip().splitlines()
    records = [record(line) for line in lines]
    found = loaded(*((source, [one for of, one in records if of == name]) for name, source in FORMATS.items()))
    expected = EXPECTED.match(last)
    assert expected, last
    listens, recordings, reasons = expected.groups()
    assert listens_in(found).height == int(listens)
    assert recordings is None or listens_in(found)["recording_id"].n_unique() == int(recordings)
    assert sorted(duplicates_in(found)["duplicate_reason"]) == sorted((reasons or "").split())

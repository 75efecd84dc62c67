"""A headline is filled from the first row, and stays a sentence whatever the row holds."""

from __future__ import annotations

from dataclasses import replace

import pytest

from wrapped_assets.stories.data import Telling
from wrapped_assets.stories.headlines import headline, plain
from wrapped_assets.stories.phrases import NBSP, words
from wrapped_assets_tests.stories.fictional import TELLINGS, fictional


def told(template: str, row: dict) -> str:
    data = replace(fictional(), insights={"night_train": [row]}, tellings={"night_train": Telling(template)})
    return plain(headline("night_train", data)).replace(NBSP, " ")


ROW = {
    "local_date": "2025-06-21", "recording_name": "Salt", "artist_name": "Kestrel Youth", "listen_count": 1, "minutes": 1234.5,
    "night_share": 0.23,
    "month": "2025-03", "ms_played": 4_320_000, "listened_at": "2025-06-21T22:00:00Z", "day_count": 1,
}  # fmt: skip


@pytest.mark.parametrize(
    ("template", "text"),
    [
        ("On {local_date} you played {recording} {listen_count} times.", "On 21 June you played Salt 1 time."),
        ("{minutes} minutes with {artist}", "1,235 minutes with Kestrel Youth"),
        ("{night_share} at night, {month}", "23% at night, March"),
        ("{ms_played} from {listened_at}", "1 h 12 min from 22 June, 00:00"),
        ("{listen_count} new discoveries, {day_count} days", "1 new discovery, 1 day"),
        ("{listen_count} was its number", "1 was its number"),
        ("{listen_count:listens} on {day_count:days}, {minutes:duration}.", "1 listen on 1 day, 20 h 35 min."),
        ("{listen_count:no such noun}", "1"),
        ("{missing} things", "Night train"),
        ("{unclosed", "Night train"),
        ("", "Night train"),
    ],
)
def test_placeholders_are_written_for_people(template: str, text: str) -> None:
    assert told(template, ROW) == text


def test_a_name_that_is_nothing_but_controls_gives_no_sentence() -> None:
    assert told("You played {recording}.", {"recording_name": "\u202e\n"}) == "Night train"


@pytest.mark.parametrize("insight", sorted(set(TELLINGS) & set(fictional().insights)))
def test_every_declared_headline_finds_its_columns(insight: str) -> None:
    sentence = plain(headline(insight, fictional()))
    assert sentence != words(insight)
    assert "–" not in sentence


def test_a_long_name_is_cut() -> None:
    assert len(told("You played {recording}.", {"recording_name": "W" * 300})) < 90


def test_a_template_cannot_reach_into_values() -> None:
    assert told("{recording.__class__}", ROW) == "Night train"

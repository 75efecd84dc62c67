"""The story's JSON document is the one that the interface promises."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, date, datetime

from wrapped_assets.stories.document import story_json
from wrapped_assets_tests.stories.fictional import empty, fictional, small


def test_the_document_has_its_keys() -> None:
    document = story_json(fictional())
    assert list(document) == ["listener", "year", "edition", "rules", "window", "time_zone", "locale", "insights"]
    assert document["window"] == {"from": "2025-01-01", "until": "2025-12-31"}
    top = document["insights"]["top_recordings"]
    assert top["headline"] == "Your song of the year: Lantern Season, 174 listens."
    assert top["rows"][0]["recording_name"] == "Lantern Season"
    assert set(top["counted"]) == {"listens", "excluded"}
    assert top["counted"]["excluded"]["duplicate"] == 311
    assert json.loads(json.dumps(document)) == document


def test_dates_and_instants_are_iso_8601() -> None:
    row = {
        "local_date": date(2025, 1, 2),
        "listened_at": datetime(2025, 1, 2, 3, tzinfo=UTC),
        "precise_at": datetime(2025, 1, 2, 3, 4, 5, 6000, UTC),
    }
    document = story_json(replace(fictional(), insights={"first_listen": [row]}))
    assert document["insights"]["first_listen"]["rows"] == [
        {"local_date": "2025-01-02", "listened_at": "2025-01-02T03:00:00Z", "precise_at": "2025-01-02T03:04:05.006Z"}
    ]


def test_a_small_edition_has_totals_its_songs_and_the_calendar_only() -> None:
    told = story_json(small())["insights"]
    assert list(told) == ["listening_totals", "top_recordings", "listening_calendar", "first_listen"]
    assert len(told["top_recordings"]["rows"]) == 1


def test_an_empty_year_is_a_document() -> None:
    assert story_json(empty())["insights"] == {}

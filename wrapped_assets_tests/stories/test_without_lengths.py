"""Scrobbles of recordings whose length nobody knows have listens and no minutes: the story tells listens."""

from __future__ import annotations

from dataclasses import replace

from wrapped_assets.stories.data import StoryData
from wrapped_assets.stories.page import story_html
from wrapped_assets.stories.terminal import story_text
from wrapped_assets_tests.stories.fictional import fictional


def without_lengths() -> StoryData:
    data = fictional()
    rows = {name: [{**row, **({"minutes": 0.0} if "minutes" in row else {})} for row in found] for name, found in data.insights.items()}
    return replace(data, insights=rows)


def test_nothing_is_said_to_have_taken_no_minutes() -> None:
    text, page = story_text(without_lengths()), story_html(without_lengths())
    assert "listened for" not in text
    assert " 0 minutes" not in text.replace("\u00a0", " ")
    assert "The year in listens" in page


def test_the_calendar_is_drawn_over_listens() -> None:
    assert "Listens by month" in story_html(without_lengths())

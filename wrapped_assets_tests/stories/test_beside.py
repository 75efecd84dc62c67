"""A year stands beside the year before where that is known, and has a name without anybody else."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from wrapped_assets.stories.cards.card import Card
from wrapped_assets.stories.cards.order import story_of
from wrapped_assets.stories.catalogue import LANGUAGES
from wrapped_assets.stories.data import StoryData
from wrapped_assets.stories.headlines import plain
from wrapped_assets.stories.terminal import story_text
from wrapped_assets.vocabulary.identities import AGAINST_YEAR_BEFORE, BY_HALVES, NAMES
from wrapped_assets_tests.stories.fictional import small
from wrapped_assets_tests.stories.fictional_catalogue import fuller


def with_row(insight: str, **values: Any) -> StoryData:
    data = fuller()
    return replace(data, insights={**data.insights, insight: [{**data.insights[insight][0], **values}]})


def cards(data: StoryData) -> dict[str, Card]:
    return {card.name: card for card in story_of(data)}


def without_others(**rows: list[dict[str, Any]]) -> StoryData:
    """The year of somebody who is alone: no population, no club."""
    others = ("listening_personality", "listening_age", "clubs", "fan_rank", "minutes_rank", "early_listener", "similar_listeners")
    return replace(fuller(), insights={**fuller().insights, **{name: [] for name in others}, **rows})


def test_totals_artists_and_genres_say_how_they_compare() -> None:
    told = cards(fuller())
    assert ("+12%", "on 2024") in [(fact.value, fact.label) for fact in told["listening_totals"].facts]
    assert [each.credit for each in told["top_artists"].ranked] == [
        "+24% on 2024", "4.2× as much as in 2024", "not heard in 2024", "−4% on 2024", "−1% on 2024",
    ]  # fmt: skip
    assert [each.credit for each in told["top_genres"].ranked][:3] == ["+12% on 2024", "4.1× as much as in 2024", ""]
    assert plain(told["totals_before"].headline) == "37% more artists than in 2024."


def test_years_that_do_not_compare_are_not_compared() -> None:
    alone = dict.fromkeys(("before_minutes", "before_listen_count", "before_recording_count", "before_artist_count"))
    data = with_row("totals_before", **alone, before_active_day_count=None)
    data = replace(data, insights={**data.insights, "artists_before": [], "genres_before": []})
    assert "2024" not in story_text(replace(data, insights={**data.insights, "own_identity": [], "fan_rank": []})).replace("2024-", "")
    assert "totals_before" not in cards(data)


@pytest.mark.parametrize(
    ("now", "headline"),
    [(900, "2.0 times as many songs as in 2024."), (449, "A year as full as 2024."), (220, "51% fewer songs than in 2024.")],
)
def test_what_changed_most_is_told(now: int, headline: str) -> None:
    same = {"artist_count": 1000, "before_artist_count": 1000, "active_day_count": 300, "before_active_day_count": 300}
    told = cards(with_row("totals_before", recording_count=now, before_recording_count=449, **same))["totals_before"]
    assert plain(told.headline) == headline


def test_somebody_who_is_alone_gets_a_name_and_a_sentence() -> None:
    story = [card for card in story_of(without_others()) if not card.is_more]
    told = next(card for card in story if card.name == "own_identity")
    assert plain(told.headline) == f"{NAMES['NV']}. {AGAINST_YEAR_BEFORE['NV']}"
    assert "your own 2024" in told.note


def test_a_first_year_is_told_by_halves_and_says_so() -> None:
    row = {"identity_name": NAMES["-R"], "identity_meaning": BY_HALVES["-R"], "is_against_year_before": False, "repeat_share": 0.64,
           "new_artist_listen_share": None, "before_repeat_share": None, "before_new_artist_listen_share": None}  # fmt: skip
    told = cards(without_others(own_identity=[row]))["own_identity"]
    assert "halves" in told.note
    assert told.table is not None
    assert told.table.columns == ("From", "To", "2025")


def test_a_personality_without_a_name_does_not_take_the_place_of_one_with_a_name() -> None:
    data = with_row("listening_personality", personality_name=None, personality_meaning=None, newness_share=None)
    told = cards(data)
    assert not told["own_identity"].is_more
    assert plain(told["listening_personality"].headline) == "Where you stand among 48,112\N{NO-BREAK SPACE}listeners."
    assert cards(fuller())["own_identity"].is_more


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_name_is_told_in_every_language(language: str) -> None:
    for code, name in NAMES.items():
        row = {**fuller().first("own_identity"), "identity_name": name, "identity_meaning": BY_HALVES[code]}
        said = plain(cards(replace(without_others(own_identity=[row]), locale=language))["own_identity"].headline)
        assert (name in said) == (language == "en")


def test_a_small_edition_compares_nothing() -> None:
    assert not {"totals_before", "own_identity"} & set(cards(small()))

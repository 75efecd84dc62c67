"""Chapters tell a year, the strongest card of each is first, and what is too little to tell is left out."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest

import wrapped_assets.stories
from wrapped_assets.contracts.asset import Subject
from wrapped_assets.contracts.discovery import assets_in
from wrapped_assets.stories.cards.order import BEATS, CHAPTERS, cards_of, makers_of, story_of
from wrapped_assets.stories.cards.strength import strength
from wrapped_assets.stories.data import StoryData
from wrapped_assets.stories.headlines import plain
from wrapped_assets.vocabulary import chapters
from wrapped_assets_tests.stories.fictional import fictional, small
from wrapped_assets_tests.stories.fictional_catalogue import fuller

STORIES = Path(wrapped_assets.stories.__file__).parent


def changed(insight: str, **values: object) -> StoryData:
    data = fictional()
    return replace(data, insights={**data.insights, insight: [{**data.insights[insight][0], **values}]})


def names(data: StoryData) -> list[str]:
    return [card.name for card in cards_of(data)]


def test_a_story_is_about_twelve_beats_in_the_order_of_a_year_and_the_rest_is_more() -> None:
    cards = story_of(fuller())
    beats = {maker.insights[0]: maker.beat for maker in makers_of("listener")}
    story, more = ([card for card in cards if card.is_more is wanted] for wanted in (False, True))
    assert [card.name for card in cards] == [card.name for card in (*story, *more)]
    assert [card.name for card in story[:5]] == ["guess_minutes", "listening_totals", "guess_song", "top_song", "artist_race"]
    assert len([card for card in story if not card.quiz]) == len(BEATS)
    told = [beats.get(card.name, card.name) for card in story[5:]]
    assert told == ["albums", "genres", "day", "habit", "new", "identity", "before", "people", "finale"]
    chapters = [CHAPTERS.index(card.chapter) for card in more]
    assert chapters == sorted(chapters)


def test_a_beat_is_told_by_its_strongest_card_and_by_a_second_choice_only_where_there_is_no_other() -> None:
    data = fuller()

    def told(**rows: list) -> list[str]:
        return [card.name for card in story_of(replace(data, insights={**data.insights, **rows})) if not card.is_more]

    def row(insight: str, **values: object) -> dict[str, list]:
        return {insight: [{**data.insights[insight][0], **values}]}

    assert "busiest_day" in told(**row("busiest_day", minutes=1200.0), **row("most_replayed_day", listen_count=4))
    assert "most_replayed_day" in told(**row("busiest_day", minutes=70.0))
    assert "remarkable_days" in told(busiest_day=[], most_replayed_day=[])
    assert "top_artists" in told(artist_race=[])


@pytest.mark.parametrize("data", [fictional(), fuller(), small()], ids=["full", "fuller", "small"])
def test_a_story_says_each_number_once(data: StoryData) -> None:
    said = [
        number
        for card in story_of(data)
        if not card.is_more and not card.quiz
        for text in (plain(card.headline), *(fact.value for fact in card.facts), *(each.count for each in card.ranked))
        for number in re.findall(r"\d[\d,.]+\d", text)
        if number != str(data.year)
    ]
    assert sorted(said) == sorted(set(said))


def test_few_cards_are_all_told() -> None:
    assert [card.name for card in story_of(small()) if card.is_more] == []


def test_the_stronger_card_of_a_chapter_is_first() -> None:
    weak, strong = changed("artist_streak", streak_day_count=4), changed("artist_streak", streak_day_count=300)
    assert names(strong).index("artist_streak") < names(strong).index("busiest_day")
    assert names(weak).index("artist_streak") > names(weak).index("busiest_day")


def test_cards_that_follow_stand_right_behind_their_leader() -> None:
    order = names(fuller())
    assert order.index("recording_story") == order.index("top_recordings") + 1


def test_too_little_is_left_out_and_gets_no_common_card_either() -> None:
    assert "artist_streak" not in names(changed("artist_streak", streak_day_count=2))
    assert "most_replayed_day" not in names(changed("most_replayed_day", listen_count=2))


def test_every_card_can_be_told_and_each_insight_once() -> None:
    names_of_cards = [card.name for card in story_of(fuller())]
    further_days = [name for name in names_of_cards if name.startswith("hours_of_days_")]  # each of five days has a card of its own
    assert len(further_days) == 4
    assert len(names_of_cards) == len(set(names_of_cards)) == len(makers_of("listener")) + len(further_days)


def test_an_insight_with_other_columns_than_its_card_needs_gets_a_common_card() -> None:
    rows = [{"place_name": "Porto"}, {"place_name": "Braga"}]
    cards = cards_of(replace(fictional(), insights={"fan_rank": rows}))
    assert [card.name for card in cards] == ["fan_rank"]
    assert cards[0].ranked[0].name == "Porto"


def test_strength_is_between_nought_and_one_and_half_where_nothing_is_known() -> None:
    (scale,) = (maker.scale for maker in makers_of("listener") if maker.insights[0] == "artist_streak")
    assert strength(scale, {"streak_day_count": 3}) == 0
    assert strength(scale, {"streak_day_count": 3000}) == 1
    assert strength(None, {"streak_day_count": 3}) == strength(scale, {"streak_day_count": None}) == strength(scale, {}) == 0.5


@pytest.mark.parametrize("subject", ["listener", "artist", "group"])
def test_a_card_shows_declared_insights_of_its_subject_and_measures_a_column_of_the_first(subject: Subject) -> None:
    declared = {found.name: set(found.schema) for found in assets_in("wrapped_assets.insights") if found.subject == subject}
    makers = makers_of(subject)
    assert makers
    assert [name for maker in makers for name in maker.insights if name not in declared] == []
    assert [maker.insights[0] for maker in makers if maker.scale and maker.scale.column not in declared[maker.insights[0]]] == []


@pytest.mark.parametrize("subject", ["listener", "artist", "group"])
def test_no_two_cards_of_a_subject_have_the_same_place(subject: Subject) -> None:
    places = [maker.place for maker in makers_of(subject)]
    assert len(places) == len(set(places))


def test_no_module_of_the_stories_lists_insights() -> None:
    """Only files of cards name insights: a file a chapter, each insight at its own card."""
    declared = {found.name for found in assets_in("wrapped_assets.insights")} - set(chapters.CHAPTERS)
    named = {
        path.name: sorted(set(re.findall(r'"(\w+)"', path.read_text())) & declared)
        for path in (*STORIES.glob("*.py"), STORIES / "cards" / "order.py", STORIES / "cards" / "strength.py")
    }
    # The opening's own figures: totals and songs of the picture, the calendar of the record, the artist's weeks.
    openings = {"card.py", "data.py", "artist.py"}
    assert {name: found for name, found in named.items() if found and name not in openings} == {}

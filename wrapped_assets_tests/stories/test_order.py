"""Chapters tell a year, the strongest card of each is first, and what is too little to tell is left out."""

from __future__ import annotations

from dataclasses import replace

from wrapped_assets.stories.cards.order import CHAPTERS, ORDER, cards_of
from wrapped_assets.stories.cards.strength import SCALES, strength
from wrapped_assets.stories.data import StoryData
from wrapped_assets_tests.stories.fictional import fictional
from wrapped_assets_tests.stories.fictional_catalogue import fuller
from wrapped_assets_tests.stories.messages import DECLARED


def changed(insight: str, **values: object) -> StoryData:
    data = fictional()
    return replace(data, insights={**data.insights, insight: [{**data.insights[insight][0], **values}]})


def names(data: StoryData) -> list[str]:
    return [card.name for card in cards_of(data)]


def test_chapters_stand_in_the_order_of_a_year_and_the_totals_open() -> None:
    chapters = [CHAPTERS.index(card.chapter) for card in cards_of(fictional())]
    assert chapters == sorted(chapters)
    assert names(fictional())[:2] == ["listening_totals", "first_listen"]


def test_the_stronger_card_of_a_chapter_is_first() -> None:
    weak, strong = changed("artist_streak", streak_day_count=4), changed("artist_streak", streak_day_count=300)
    assert names(strong).index("artist_streak") < names(strong).index("busiest_day")
    assert names(weak).index("artist_streak") > names(weak).index("busiest_day")


def test_cards_that_follow_stand_right_behind_their_leader() -> None:
    order = names(fictional())
    for leader, follower in (("top_song", "top_recordings"), ("top_artists", "artist_race"), ("discoveries", "top_discoveries")):
        assert order.index(follower) == order.index(leader) + 1


def test_too_little_is_left_out_and_gets_no_common_card_either() -> None:
    assert "artist_streak" not in names(changed("artist_streak", streak_day_count=2))
    assert "most_replayed_day" not in names(changed("most_replayed_day", listen_count=2))


def test_every_card_can_be_told_and_each_insight_once() -> None:
    names_of_cards = names(fuller())
    assert len(names_of_cards) == len(set(names_of_cards)) == len(ORDER)


def test_an_insight_with_other_columns_than_its_card_needs_gets_a_common_card() -> None:
    rows = [{"place_name": "Porto"}, {"place_name": "Braga"}]
    cards = cards_of(replace(fictional(), insights={"fan_rank": rows}))
    assert [card.name for card in cards] == ["fan_rank"]
    assert cards[0].ranked[0].name == "Porto"


def test_strength_is_between_nought_and_one_and_half_where_nothing_is_known() -> None:
    assert strength("artist_streak", changed("artist_streak", streak_day_count=3)) == 0
    assert strength("artist_streak", changed("artist_streak", streak_day_count=3000)) == 1
    assert strength("no such insight", fictional()) == strength("artist_streak", changed("artist_streak", streak_day_count=None)) == 0.5


def test_a_scale_measures_a_column_of_its_insight_and_a_card_tells_declared_insights() -> None:
    declared = {found.name: set(found.schema) for found in DECLARED}
    assert {name: scale.column for name, scale in SCALES.items() if name in declared and scale.column not in declared[name]} == {}
    assert len({maker.insights[0] for maker in ORDER}) > 10

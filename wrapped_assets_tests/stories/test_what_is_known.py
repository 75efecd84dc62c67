"""What the data does not say, the story does not say either."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from wrapped_assets.stories import card, counting
from wrapped_assets.stories.cards.card import Card
from wrapped_assets.stories.cards.order import cards_of
from wrapped_assets.stories.data import Counted, StoryData
from wrapped_assets.stories.headlines import plain
from wrapped_assets.stories.page import story_html
from wrapped_assets.stories.terminal import story_text
from wrapped_assets_tests.stories.fictional import empty, fictional
from wrapped_assets_tests.stories.fictional_catalogue import fuller
from wrapped_assets_tests.stories.test_without_lengths import without_lengths


def with_rows(data: StoryData, **rows: list[dict[str, object]]) -> StoryData:
    return replace(data, insights={**data.insights, **rows})


def test_a_year_of_listens_without_lengths_is_not_quiet() -> None:
    told = card.story_svg_card(replace(without_lengths(), counted=Counted(listens=1333)))
    assert "1,333 listens, lengths unknown" in told.replace("\u00a0", " ")
    assert "A quiet year" in card.story_svg_card(empty())


def test_albums_show_the_number_that_they_are_sorted_by() -> None:
    rows = [
        {"release_group_rank": 1, "release_group_name": "Even", "artist_name": "Bo", "listen_count": 86, "release_group_score": 84.2,
         "is_track_count_known": True},
        {"release_group_rank": 2, "release_group_name": "One hit", "artist_name": "Cy", "listen_count": 97, "release_group_score": 60.1,
         "is_track_count_known": True},
    ]  # fmt: skip
    found = next(each for each in cards_of(with_rows(fictional(), top_release_groups=rows)) if each.name == "top_release_groups")
    assert [each.count for each in found.ranked] == ["84", "60"]
    assert "score" in found.note
    assert found.table is not None
    assert found.table.columns[-1] == "Score"


def until(data: StoryData, last: date) -> StoryData:
    rows = [
        {**row, **({"listen_count": 0, "minutes": 0.0} if date.fromisoformat(row["local_date"]) > last else {})}
        for row in data.rows("listening_calendar")
    ]
    return with_rows(data, listening_calendar=rows)


def test_a_year_that_ends_in_february_says_so() -> None:
    data = until(fictional(), date(2025, 2, 17))
    assert "17 February 2025" in counting.small_print(data).replace("\u00a0", " ")
    assert "December" not in counting.small_print(data)
    assert ("Heard", "1 January – 17 February 2025") in [(label, value.replace("\u00a0", " ")) for label, value in counting.settings(data)]
    assert "heard" not in counting.small_print(fictional())


def test_two_months_have_no_seasons() -> None:
    rows = [{"span_number": n, "span_rank": 1, "first_month": f"2025-0{n}", "last_month": f"2025-0{n}", "artist_name": f"artist {n}",
             "genre_name": None} for n in (1, 2)]  # fmt: skip
    assert "music_evolution" in {each.name for each in cards_of(fuller())}
    assert "music_evolution" not in {each.name for each in cards_of(with_rows(fuller(), music_evolution=rows))}


def test_a_year_without_history_before_it_calls_nothing_new() -> None:
    known = cards_of(replace(fuller(), history_since="2016-03-05T18:00:00Z"))
    first = replace(fuller(), history_since="2025-01-03T18:00:00Z")
    new = {"discoveries", "top_discoveries", "discovery_months"}
    assert {"discoveries", "top_discoveries"} <= {each.name for each in known}
    assert not new & {each.name for each in cards_of(first)}
    assert "for the first time" not in story_text(first)
    assert "nothing is known from before" in story_html(first)


@pytest.mark.parametrize(
    ("start", "end", "lasted"),
    [("2025-03-30T00:30:00Z", "2025-03-30T02:30:00Z", "2 h"), ("2025-10-25T23:30:00Z", "2025-10-26T02:30:00Z", "3 h")],
)
def test_a_session_over_the_clock_change_lasts_as_long_as_it_lasted(start: str, end: str, lasted: str) -> None:
    rows = [{"session_started_at": start, "session_ended_at": end, "session_minutes": 120.0, "play_count": 40, "listen_count": 40}]
    found = next(each for each in cards_of(with_rows(fictional(), longest_session=rows)) if each.name == "longest_session")
    assert found.facts[0].value.replace("\u00a0", " ") == lasted
    assert "with its pauses" in found.note


ATTRIBUTES = [("top_genres", "genre_known_share"), ("release_years", "release_year_known_share"), ("artist_map", "country_known_share"),
              ("top_release_groups", "release_group_known_share"), ("top_artists", "mood_known_share")]  # fmt: skip


@pytest.mark.parametrize(("insight", "column"), ATTRIBUTES)
def test_a_card_that_rests_on_an_attribute_prints_of_how_much_it_is_told(insight: str, column: str) -> None:
    """Also a card that somebody adds later: the column's name is enough."""

    def told(share: float) -> Card | None:
        rows = [{**row, column: share} for row in fuller().rows(insight)]
        cards = cards_of(with_rows(fuller(), **{insight: rows}))
        return next((each for each in cards if each.name == insight), None)

    well, badly = told(0.72), told(0.31)
    assert well is not None
    assert badly is not None
    assert "72%" in well.note
    assert "72%" not in plain(well.headline)
    assert plain(badly.headline).startswith(("31% of your listens", "Told from 31% of your listens"))
    assert told(0.06) is None


def counted(unknown: int) -> StoryData:
    return replace(fuller(), counted=replace(fuller().counted, plays_in_minutes=1000, unknown_length_count=unknown))


def test_minutes_say_of_how_many_plays_the_length_is_known() -> None:
    def cards(unknown: int) -> dict[str, Card]:
        return {each.name: each for each in cards_of(counted(unknown))}

    assert "known length" not in cards(0)["listening_totals"].note
    assert "80% of your plays have a known length." in cards(200)["listening_totals"].note
    assert "80% of your plays" in cards(200)["busiest_day"].note
    assert plain(cards(700)["listening_totals"].headline).startswith("30% of your plays have a known length.")
    few = cards(950)
    assert "busiest_day" not in few
    assert few["listening_totals"].label == "The year in listens"
    assert "listened for" not in plain(few["listening_totals"].headline)

"""A group's page names its winners and pairs, and nobody and nothing that has no row."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from wrapped_assets.stories.catalogue import LANGUAGES
from wrapped_assets.stories.columns import columns_of
from wrapped_assets.stories.data import Telling
from wrapped_assets.stories.group import cards_of_group, group_html, group_json, group_text
from wrapped_assets.stories.group_data import awards_of, overlaps_of
from wrapped_assets.stories.headlines import plain
from wrapped_assets_tests.stories.fictional_group import MEMBERS, fictional_group
from wrapped_assets_tests.stories.test_page import Outline

AWARDS = ("most_minutes", "most_discoveries", "rarest_listen", "most_loyal", "early_bird", "picky_listener")
REVEALS = [name for place in range(1, 6) for name in (f"guess_member_{place}", f"member_{place}")]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_award_and_the_pairs_have_a_card(language: str) -> None:
    outline = Outline(group_html(fictional_group(language)))
    assert outline.ids("section") == ["opening", *REVEALS, *AWARDS, "overlap", "consents", "counted"]
    assert max(map(columns_of, group_text(fictional_group(language)).splitlines())) <= 80


def test_the_winner_is_told_with_the_awards_own_unit() -> None:
    awards = group_json(fictional_group())["awards"]
    told = {kind: award["headline"].replace("\N{NO-BREAK SPACE}", " ") for kind, award in awards.items()}
    assert told == {
        "most_minutes": "Most music of all: Ana, 41,209 minutes.",
        "most_discoveries": "The most curious ears: Bo, 402 artists for the first time.",
        "rarest_listen": "The rarest find: Paper Harbour, brought by Chiyo.",
        "most_loyal": "The most loyal: Chiyo, 14 artists in every single month.",
        "early_bird": "The early bird: Dragan, 48% of listens from 5 to 9.",
        "picky_listener": "The picky one: Efua, 39% of plays skipped.",
    }


def test_what_has_no_rows_has_no_card_and_an_empty_group_is_a_page() -> None:
    early = [row for row in fictional_group().awards if row.award == "early_bird"]
    group = replace(fictional_group(), overlaps=[], awards=early, insights={}, agreed={})
    assert Outline(group_html(group)).ids("section") == ["opening", "early_bird", "counted"]
    nobody = replace(group, awards=[], members=())
    assert Outline(group_html(nobody)).ids("section") == ["opening", "counted"]
    assert group_json(nobody)["awards"] == {}


def test_the_matrix_of_pairs_is_symmetric_and_a_name_is_never_markup() -> None:
    page = group_html(fictional_group())
    pairs = fictional_group().overlaps
    assert page.count(f"<td>{round(100 * pairs[0].overlap_share)}%</td>") >= 2
    group = fictional_group()
    awards = [replace(row, listener="<b>x</b>") for row in group.awards]
    hostile = replace(group, name="<script>", awards=awards, members=("<i>", *MEMBERS[1:]))
    assert [tag for tag, _ in Outline(group_html(hostile)).elements if tag in ("script", "img")] == ["script"]  # the page's own
    assert "<b>x</b>" not in group_html(hostile)


def test_rows_of_the_group_insights_become_awards_and_pairs_told_once() -> None:
    rows = [
        {"award": "early_bird", "award_rank": 2, "listener_name": "Bo", "award_figure": 0.1},
        {"award": "early_bird", "award_rank": 1, "listener_name": "Ana", "award_figure": 0.4, "recording_name": None},
    ]
    pairs = [
        {"listener_name": one, "other_listener_name": other, "overlap_share": 0.25, "common_artist_name": "Salt"}
        for one, other in (("Ana", "Bo"), ("Bo", "Ana"))
    ]
    group = replace(fictional_group(), awards=awards_of(rows), overlaps=overlaps_of(pairs))
    assert [award.listener for award in group.awards] == ["Ana", "Bo"]
    assert group_json(group)["overlaps"] == [{"one": "Ana", "other": "Bo", "overlap_share": 0.25, "artist_name": "Salt"}]


def test_the_document_is_json() -> None:
    document = group_json(fictional_group("ja"))
    assert json.loads(json.dumps(document)) == document
    assert document["locale"] == "ja"
    assert document["members"] == list(MEMBERS)


def test_fewer_than_twenty_listeners_are_never_counted_out() -> None:
    rare = [row for row in fictional_group().awards if row.award == "rarest_listen"]
    group = replace(fictional_group(), awards=[replace(row, value=value) for row, value in zip(rare, (19, 20), strict=True)])
    page, text, document = group_html(group), group_text(group), group_json(group)
    assert "Heard by fewer than 20 listeners here." in page
    assert "19 listeners" not in (page + text).replace("\N{NO-BREAK SPACE}", " ")
    assert [row["value"] for row in document["awards"]["rarest_listen"]["rows"]] == [None, 20]


def test_every_award_of_the_insight_has_a_card() -> None:
    from wrapped_assets.insights.group import group_awards

    assert set(group_awards.AWARDS.categories) == set(AWARDS)


def test_an_insight_without_a_card_of_its_own_reaches_page_text_and_document() -> None:
    rows = [{"listener_name": "Ana", "night_share": 0.4}, {"listener_name": "Bo", "night_share": 0.25}]
    telling = Telling("{listener} is the latest to bed: {night_share:percent}.", "habits")
    group = replace(fictional_group(), agreed={}, insights={"late_nights": rows}, tellings={"late_nights": telling})
    assert Outline(group_html(group)).ids("section")[-2:] == ["late_nights", "counted"]
    assert "Ana is the latest to bed: 40%." in group_text(group)
    assert "Bo" in group_text(group).partition("latest to bed")[2]
    assert group_json(group)["insights"]["late_nights"]["rows"] == rows


def rows_with(**values: object) -> list[dict[str, object]]:
    """The members' rows, Bo's with other values."""
    return [{**row, **(values if row["listener_name"] == "Bo" else {})} for row in fictional_group().rows("group_members")]


def test_each_member_is_guessed_by_the_artist_they_brought_and_one_answer_is_right() -> None:
    rows = fictional_group().rows("group_members")
    artists = {row["listener_name"]: row["artist_name"] for row in rows}
    cards = cards_of_group(fictional_group())
    for question, answer in zip(cards[0:10:2], cards[1:10:2], strict=True):
        assert question.quiz is not None
        right = question.quiz.answer
        assert plain(question.headline) == f"Who brought {artists[right]}?"
        assert plain(answer.headline) == f"{right} brought {artists[right]}."
        assert [name for name in question.quiz.options if artists[name] == artists[right]] == [right]
    assert [card.quiz.answer for card in cards if card.quiz] != sorted(artists)  # the order gives no answer away
    one_artist = replace(fictional_group(), insights={"group_members": [{**row, "artist_name": "Salt"} for row in rows]})
    assert [card.name for card in cards_of_group(one_artist) if card.quiz] == []


def test_a_large_group_is_revealed_without_questions() -> None:
    names = tuple(f"member {n:02d}" for n in range(20))
    rows = [{**fictional_group().rows("group_members")[0], "listener_name": name, "artist_name": f"artist of {name}"} for name in names]
    cards = cards_of_group(replace(fictional_group(), members=names, overlaps=[], insights={"group_members": rows}))
    assert [card.name for card in cards if card.quiz] == []
    assert len([card for card in cards if card.name.startswith("member_")]) == 20


def test_a_member_whose_lengths_are_unknown_is_told_so_and_not_left_out() -> None:
    group = fictional_group()
    awards = [row for row in group.awards if (row.award, row.listener) != ("most_minutes", "Bo")]
    unknown = replace(group, awards=awards, insights={"group_members": rows_with(minutes=0.0, unknown_length_count=9500)})
    ranked = next(card for card in cards_of_group(unknown) if card.name == "most_minutes").ranked
    assert [(each.name, each.count) for each in ranked][-1] == ("Bo", "length unknown")
    assert "of music: length unknown" in group_text(unknown)


def test_no_card_of_a_group_is_offered_as_a_picture() -> None:
    assert 'class="step share"' not in group_html(fictional_group())


def test_who_agreed_is_shown_with_the_day_and_the_document_has_it() -> None:
    assert "since 3 March 2025" in group_html(fictional_group()).replace("\N{NO-BREAK SPACE}", " ")
    document = group_json(fictional_group())
    assert document["agreed"]["Chiyo"] == "2025-03-03"
    assert [row["listener_name"] for row in document["insights"]["group_members"]["rows"]] == list(MEMBERS)

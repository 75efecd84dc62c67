"""A group's page names its winners and pairs, and nobody and nothing that has no row."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from wrapped_assets.stories.catalogue import LANGUAGES
from wrapped_assets.stories.columns import columns_of
from wrapped_assets.stories.data import Telling
from wrapped_assets.stories.group import group_html, group_json, group_text
from wrapped_assets.stories.group_data import awards_of, overlaps_of
from wrapped_assets_tests.stories.fictional_group import MEMBERS, fictional_group
from wrapped_assets_tests.stories.test_page import Outline

AWARDS = ("most_minutes", "most_discoveries", "rarest_listen", "early_bird", "picky_listener")


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_award_and_the_pairs_have_a_card(language: str) -> None:
    outline = Outline(group_html(fictional_group(language)))
    assert outline.ids("section") == ["opening", *AWARDS, "overlap", "counted"]
    assert max(map(columns_of, group_text(fictional_group(language)).splitlines())) <= 80


def test_the_winner_is_told_with_the_awards_own_unit() -> None:
    awards = group_json(fictional_group())["awards"]
    told = {kind: award["headline"].replace("\N{NO-BREAK SPACE}", " ") for kind, award in awards.items()}
    assert told == {
        "most_minutes": "Most music of all: Ana, 41,209 minutes.",
        "most_discoveries": "The most curious ears: Bo, 402 artists for the first time.",
        "rarest_listen": "The rarest find: Paper Harbour, brought by Chiyo.",
        "early_bird": "The early bird: Chiyo, 48% of listens from 5 to 9.",
        "picky_listener": "The picky one: Dragan, 39% of plays skipped.",
    }


def test_what_has_no_rows_has_no_card_and_an_empty_group_is_a_page() -> None:
    group = replace(fictional_group(), overlaps=[], awards=[row for row in fictional_group().awards if row.award == "early_bird"])
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
    group = replace(fictional_group(), insights={"late_nights": rows}, tellings={"late_nights": telling})
    assert Outline(group_html(group)).ids("section")[-2:] == ["late_nights", "counted"]
    assert "Ana is the latest to bed: 40%." in group_text(group)
    assert "Bo" in group_text(group).partition("latest to bed")[2]
    assert group_json(group)["insights"]["late_nights"]["rows"] == rows

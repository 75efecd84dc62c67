"""Every message is in every language, prints only what was computed, and nothing on a page is no message."""

from __future__ import annotations

import re
from dataclasses import replace
from html import unescape
from string import Formatter

import pytest

from wrapped_assets.stories.card import story_svg_card
from wrapped_assets.stories.catalogue import LANGUAGES, known
from wrapped_assets.stories.data import StoryData, Telling
from wrapped_assets.stories.document import story_json
from wrapped_assets.stories.group import group_html, group_text
from wrapped_assets.stories.language import language_of
from wrapped_assets.stories.nouns import COUNTED
from wrapped_assets.stories.page import story_html
from wrapped_assets.stories.terminal import story_text
from wrapped_assets_tests.stories.fictional import empty, fictional, small
from wrapped_assets_tests.stories.fictional_catalogue import GENRES, HEADLINE, fuller
from wrapped_assets_tests.stories.fictional_group import fictional_group
from wrapped_assets_tests.stories.messages import DECLARED, all_messages, catalogue_of

TRANSLATED = LANGUAGES[1:]
SPECS = {"", *COUNTED, "duration", "percent"}


def fields(text: str) -> set[str]:
    return {field for _, field, _, _ in Formatter().parse(text) if field is not None}


def specs(text: str) -> set[str]:
    return {spec or "" for _, field, spec, _ in Formatter().parse(text) if field is not None}


@pytest.mark.parametrize("language", TRANSLATED)
def test_every_message_is_translated(language: str) -> None:
    assert sorted(all_messages() - known(language)) == []


@pytest.mark.parametrize("language", TRANSLATED)
def test_a_translation_fills_the_same_placeholders_and_counts_known_nouns(language: str) -> None:
    wrong = []
    for entry in catalogue_of(language):
        ids = entry.id if isinstance(entry.id, tuple) else (entry.id,)
        texts = entry.string if isinstance(entry.string, tuple) else (entry.string,)
        wrong += [text for text in texts if entry.id and (not text or fields(text) != fields(ids[0]) or not specs(text) <= SPECS)]
    assert wrong == []


@pytest.mark.parametrize("found", [each for each in DECLARED if each.headline], ids=lambda each: each.name)
def test_a_headline_names_columns_of_its_insight_and_nothing_else(found) -> None:
    columns = set(found.schema)
    assert {field for field in fields(found.headline) if not {field, f"{field}_name", f"{field}_id"} & columns} == set()
    assert specs(found.headline) <= SPECS


def pseudo(data: StoryData) -> StoryData:
    """The story told by messages in brackets, over names without a letter of the alphabet; its months and countries are Japanese."""
    rows = {
        insight: [{column: "東" if column.endswith("_name") else value for column, value in row.items()} for row in found]
        for insight, found in data.insights.items()
    }
    return replace(data, locale="en-XA", listener="東", rules="東", time_zone="東", insights=rows)


def untold(text: str) -> list[str]:
    """The words of a text that stand in no message."""
    inner = re.compile(r"⟦[^⟦⟧]*⟧")
    while inner.search(text):
        text = inner.sub(" ", text)
    for data in ("Wrapped Assets", HEADLINE, *GENRES):
        text = text.replace(data, "")
    return re.findall(r"[A-Za-z]{2,}", text)


def shown(page: str) -> str:
    """What people see or hear of a page: texts, and what screen readers say."""
    page = re.sub(r"<(style|script)>.*?</\1>", "", page, flags=re.DOTALL)
    spoken = " ".join(re.findall(r'aria-label="([^"]*)"', page))
    return unescape(spoken + " " + re.sub(r"<[^>]*>", "", page))


STORIES = {"full": fictional(), "fuller": fuller(), "small": small(), "empty": empty()}


@pytest.mark.parametrize("data", STORIES.values(), ids=STORIES)
def test_nothing_on_a_page_a_picture_or_a_terminal_is_no_message(data: StoryData) -> None:
    told = pseudo(data)
    assert untold(shown(story_html(told))) == []
    assert untold(shown(story_svg_card(told))) == []
    assert untold(story_text(told).replace("\n", " ").replace("  ", " ")) == []


def test_nothing_on_a_groups_page_is_no_message() -> None:
    group = fictional_group("en-XA")
    page, text, names = group_html(group), group_text(group), r"Ana|Bo(?![a-z])|Chiyo|Dragan|Efua|The Quiet Corner|default"
    songs = "Lantern Season|Salt|Halogen|Paper Harbour|Odile Vantage|Glass Orchard|Low Ceiling|Marrow & Pine|Tidal Arcade|Kestrel Youth"
    assert untold(re.sub(f"{names}|{songs}|Drag…", "", shown(page))) == []
    assert untold(re.sub(f"{names}|{songs}|Ma…|Drag…", "", text)) == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_story_is_told_in_every_language(language: str) -> None:
    data = replace(fictional(), locale=language)
    page = story_html(data)
    assert f'<html lang="{language}"' in page
    assert "{" not in shown(page)
    assert story_json(data)["locale"] == language
    assert story_json(data)["insights"]["top_artists"]["rows"] == story_json(fictional())["insights"]["top_artists"]["rows"]


def test_arabic_counts_in_its_six_forms_and_runs_from_right_to_left() -> None:
    told = language_of("ar")
    counted = [told.counted(number, "days").replace("\N{NO-BREAK SPACE}", " ") for number in (0, 1, 2, 3, 11, 100, 1234)]
    assert counted == ["0 يوم", "1 يوم", "2 يوم", "3 أيام", "11 يومًا", "100 يوم", "1,234 يومًا"]
    page = story_html(replace(fictional(), locale="ar"))
    assert '<html lang="ar" dir="rtl">' in page
    assert '<bdi class="name">Lantern Season</bdi>' in page  # a name keeps its own order


def test_a_new_insight_is_told_in_english_with_english_numbers_until_somebody_translates_it() -> None:
    rows = [{"artist_name": "Salt", "listen_count": 1234}]
    data = replace(fictional(), insights={"echoes": rows}, tellings={"echoes": Telling("{artist} echoed {listen_count} times.")})
    page = story_html(replace(data, locale="de"))
    assert '<h2 id="echoes-title" lang="en"' in page
    assert ' echoed <bdi class="value">1,234</bdi> times.' in page
    assert "1.234" in page  # the ranking's own number is German


def test_one_of_a_thing_is_told_in_the_singular_in_every_language() -> None:
    row = {"artist_name": "Salt", "streak_day_count": 1}
    stories = {language: replace(fictional(), locale=language, insights={"artist_streak": [row]}) for language in LANGUAGES}
    told = {language: story_json(story)["insights"]["artist_streak"]["headline"] for language, story in stories.items()}
    assert {language: text.replace("\N{NO-BREAK SPACE}", " ") for language, text in told.items()} == {
        "ar": "1 يوم على التوالي مع Salt.",
        "en": "1 day in a row with Salt.", "de": "1 Tag in Folge mit Salt.", "es": "Racha con Salt: 1 día.", "ja": "Saltと1日連続。",
    }  # fmt: skip

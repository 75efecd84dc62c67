"""The story fits a terminal of 80 columns and colours nothing unasked."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from wrapped_assets.stories.catalogue import LANGUAGES
from wrapped_assets.stories.columns import columns_of, fitted, wrapped
from wrapped_assets.stories.data import StoryData
from wrapped_assets.stories.terminal import spark, story_text
from wrapped_assets_tests.stories.fictional import empty, fictional, hostile, small


@pytest.mark.parametrize("data", [fictional(), small(), empty(), hostile()], ids=["full", "small", "empty", "hostile"])
def test_no_line_is_wider_than_80_columns(data: StoryData) -> None:
    text = story_text(data)
    assert max(map(columns_of, text.splitlines())) <= 80
    assert "\x1b" not in text
    assert not set(text) & set("\u202e\0\t")
    assert story_text(data) == text


def test_colour_changes_nothing_but_colours() -> None:
    assert re.sub(r"\x1b\[[\d;]*m", "", story_text(fictional(), colour=True)) == story_text(fictional())


def test_wide_characters_take_two_columns() -> None:
    assert columns_of("東京") == 4
    assert fitted("東京事変", 6) == "東京… "


def test_a_character_of_several_code_points_is_measured_and_cut_as_one() -> None:
    family, flag = "\N{MAN}\u200d\N{WOMAN}\u200d\N{GIRL}", "\N{WAVING WHITE FLAG}\ufe0f\u200d\N{RAINBOW}"
    assert [columns_of(each) for each in (family, flag, "e\u0301")] == [2, 2, 1]
    assert fitted(f"a{family}{flag}", 4) == f"a{family}…"
    assert wrapped(f"{family}{family}{flag}", 4) == [family + family, flag]


def test_lines_break_between_words_and_between_wide_characters_but_never_before_a_full_stop() -> None:
    assert wrapped("one two three", 8) == ["one two", "three"]
    assert wrapped("音楽を聴きました。", 8) == ["音楽を聴", "きまし", "た。"]
    assert wrapped("abcdefghij k", 4) == ["abcd", "efgh", "ij k"]
    assert wrapped("", 8) == wrapped("  ", 8) == []


@pytest.mark.parametrize("locale", LANGUAGES)
def test_no_line_is_wider_than_80_columns_in_any_language(locale: str) -> None:
    assert max(map(columns_of, story_text(replace(fictional(), locale=locale)).splitlines())) <= 80


def test_a_spark_shows_nought_as_a_dot() -> None:
    assert spark([0, 1, 4, 8]) == "·▂▅█"
    assert spark([]) == ""


def test_no_line_begins_with_the_space_that_ended_the_one_before() -> None:
    assert wrapped("one two three four", 13) == ["one two three", "four"]
    assert wrapped("0 in a private session", 4) == ["0 in", "a", "priv", "ate", "sess", "ion"]

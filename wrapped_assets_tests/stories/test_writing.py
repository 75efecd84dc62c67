"""Numbers, times and days read as people of each language write them."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from wrapped_assets.contracts.errors import InputError
from wrapped_assets.stories.language import accepted, language_of, spoken
from wrapped_assets.stories.phrases import NBSP

EN = language_of("en")


def spaced(text: str) -> str:
    return text.replace(NBSP, " ")


@pytest.mark.parametrize(
    ("minutes", "text"),
    [
        (0, "0 min"),
        (42.4, "42 min"),
        (59.6, "1 h"),
        (72, "1 h 12 min"),
        (2879, "47 h 59 min"),
        (2880, "2 days"),
        (29_824, "20 days 17 h"),
        (None, "–"),
    ],
)
def test_a_duration_is_written_in_its_largest_units(minutes: Any, text: str) -> None:
    assert spaced(EN.duration(minutes)) == text


@pytest.mark.parametrize(("value", "text"), [(1, "1 listen"), (0, "0 listens"), (12_345, "12,345 listens"), (None, "– listens")])
def test_a_noun_agrees_with_its_number(value: Any, text: str) -> None:
    assert spaced(EN.counted(value, "listens")) == text


@pytest.mark.parametrize(
    ("share", "text"), [(0.235, "24%"), (0.001, "under 1%"), (0, "0%"), (1, "100%"), ("x", "–"), (float("nan"), "–")]
)
def test_a_share_is_written_in_per_cent(share: Any, text: str) -> None:
    assert spaced(EN.percent(share)) == text


@pytest.mark.parametrize(
    ("tag", "written"),
    [
        ("en", ["1,234,567", "1 listen", "1,234 listens", "24%", "3 h 20 min", "21 June", "21 June 2024", "June", "Jun", "Sunday", "8.6"]),
        ("de", ["1.234.567", "1 Wiedergabe", "1.234 Wiedergaben", "24 %", "3 h 20 min", "21. Juni", "21. Juni 2024", "Juni", "Jun",
                "Sonntag", "8,6"]),
        ("es", ["1.234.567", "1 escucha", "1.234 escuchas", "24 %", "3 h 20 min", "21 de junio", "21 de junio de 2024", "junio", "jun",
                "domingo", "8,6"]),
        ("ja", ["1,234,567", "再生1回", "再生1,234回", "24%", "3時間20分", "6月21日", "2024年6月21日", "6月", "6月", "日曜日", "8.6"]),
    ],
)  # fmt: skip
def test_a_language_writes_numbers_and_days_its_own_way(tag: str, written: list[str]) -> None:
    told = language_of(tag)
    day = date(2024, 6, 21)
    assert [
        spaced(text)
        for text in (
            told.count(1_234_567), told.counted(1, "listens"), told.counted(1234, "listens"), told.percent(0.24), told.duration(200),
            told.day(day, 2024), told.day(day, 2025), told.month("2024-06"), told.month("2024-06", "abbreviated"), told.weekday(7),
            told.tenths(8.6),
        )
    ] == written  # fmt: skip


@pytest.mark.parametrize(
    ("tag", "window"),
    [
        ("en", "1 January – 31 December 2025"),
        ("de", "1. Januar – 31. Dezember 2025"),
        ("es", "1 de enero – 31 de diciembre de 2025"),
        ("ja", "2025年1月1日～12月31日"),
    ],
)
def test_a_window_says_once_what_its_ends_share(tag: str, window: str) -> None:
    assert spaced(language_of(tag).span(date(2025, 1, 1), date(2025, 12, 31))) == window


def test_a_window_of_one_month_or_two_years_is_written_out_where_its_ends_differ() -> None:
    assert spaced(EN.span(date(2025, 1, 1), date(2025, 1, 31))) == "1–31 January 2025"
    assert spaced(EN.span(date(2024, 12, 1), date(2025, 1, 31))) == "1 December 2024 – 31 January 2025"


def test_countries_have_their_names() -> None:
    assert [language_of(tag).country("JP") for tag in ("en", "de", "es", "ja")] == ["Japan", "Japan", "Japón", "日本"]
    assert EN.country("ZQ") == "ZQ"


def test_the_first_wanted_language_that_there_is_is_spoken() -> None:
    assert spoken(accepted("fr-CH, fr;q=0.9, ja;q=0.3, de-AT;q=0.8, *;q=0.5")) == "de"
    assert spoken(["es_MX"]) == "es"
    assert [spoken(accepted(header)) for header in ("", "*", "xx", "de;q=0", ";;;,=", "a" * 9000)] == ["en"] * 6


def test_an_unknown_language_is_an_error_that_names_the_known_ones() -> None:
    with pytest.raises(InputError, match="de, es, ja"):
        language_of("tlh")


def test_spanish_lists_have_no_y_before_an_i() -> None:
    told = language_of("es").listed
    assert told(["soul", "indie rock"]) == "soul e indie rock"
    assert told(["rock", "hip hop"]) == "rock e hip hop"
    assert told(["soul", "hiedra"]) == "soul y hiedra"
    assert told(["indie rock"]) == "indie rock"
    assert language_of("en").listed(["rock y", "indie"]) == "rock y and indie"

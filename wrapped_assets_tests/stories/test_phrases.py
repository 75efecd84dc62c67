"""Numbers and times read as people write them."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest

from wrapped_assets.stories import phrases


def spaced(text: str) -> str:
    return text.replace(phrases.NBSP, " ")


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
    assert spaced(phrases.duration(minutes)) == text


@pytest.mark.parametrize(("value", "text"), [(1, "1 listen"), (0, "0 listens"), (12_345, "12,345 listens"), (None, "– listens")])
def test_a_noun_agrees_with_its_number(value: Any, text: str) -> None:
    assert spaced(phrases.counted(value, "listen")) == text


@pytest.mark.parametrize(
    ("share", "text"), [(0.235, "24 %"), (0.001, "under 1 %"), (0, "0 %"), (1, "100 %"), ("x", "–"), (float("nan"), "–")]
)
def test_a_share_is_written_in_per_cent(share: Any, text: str) -> None:
    assert spaced(phrases.percent(share)) == text


def test_days_are_read_from_dates_and_from_text() -> None:
    assert phrases.as_date("2025-03-01") == phrases.as_date(date(2025, 3, 1)) == phrases.as_date("2025-03-01T10:00:00Z") == date(2025, 3, 1)
    assert phrases.as_date("soon") is phrases.as_date(None) is None
    assert spaced(phrases.day("2025-03-01", 2025)) == "1 March"
    assert spaced(phrases.day("2024-03-01", 2025)) == "1 March 2024"


def test_an_instant_is_told_in_the_listeners_zone() -> None:
    assert phrases.local("2024-12-31T23:07:41Z", "Europe/Prague").isoformat() == "2025-01-01T00:07:41+01:00"
    assert phrases.local("2025-07-01T12:00:00", "Nowhere/At_All") == datetime(2025, 7, 1, 12, tzinfo=UTC)
    assert phrases.local("never", "UTC") is None

"""What a row may hold is read without failing."""

from __future__ import annotations

from datetime import UTC, date, datetime

from wrapped_assets.stories import phrases


def test_days_are_read_from_dates_and_from_text() -> None:
    assert phrases.as_date("2025-03-01") == phrases.as_date(date(2025, 3, 1)) == phrases.as_date("2025-03-01T10:00:00Z") == date(2025, 3, 1)
    assert phrases.as_date("soon") is phrases.as_date(None) is None


def test_an_instant_is_told_in_the_listeners_zone() -> None:
    assert phrases.local("2024-12-31T23:07:41Z", "Europe/Prague").isoformat() == "2025-01-01T00:07:41+01:00"
    assert phrases.local("2025-07-01T12:00:00", "Nowhere/At_All") == datetime(2025, 7, 1, 12, tzinfo=UTC)
    assert phrases.local("never", "UTC") is None


def test_a_month_is_a_number_of_the_year() -> None:
    assert [phrases.month_number(text) for text in ("2025-01", "2025-12", "2025-13", "soon", None)] == [1, 12, None, None, None]

"""What a row may hold, read without failing: numbers, days, instants and names; how they are written is a language's matter."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import Any
from unicodedata import normalize
from zoneinfo import ZoneInfo

from wrapped_assets.kernels.one_line import one_line

NBSP = "\N{NO-BREAK SPACE}"


def number(value: Any) -> float | None:
    """The value as a number of a size that is counted, below a thousand million million; None for anything else."""
    kind = type(value)
    is_number = kind is float or kind is int or (isinstance(value, (int, float)) and kind is not bool)  # nearly all are of these two
    return value if is_number and -1e15 < value < 1e15 else None


def high_mark(values: list[float]) -> float:
    """The value that 95 of 100 positive values stay below: a scale that one great day does not flatten; 0 for none."""
    positive = sorted(value for value in values if value > 0)
    return positive[min(len(positive) - 1, len(positive) * 95 // 100)] if positive else 0


def as_date(value: Any) -> date | None:
    """A local day given as a date or in ISO 8601; None for anything else."""
    if isinstance(value, datetime):
        return value.date()
    return value if isinstance(value, date) else _day_of(str(value)[:10])


@lru_cache(4_096)  # a page has a year of days, and every page the same
def _day_of(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def as_instant(value: Any) -> datetime | None:
    """An instant given as a datetime (UTC where it has no zone) or in ISO 8601; None for anything else."""
    try:
        found = value if isinstance(value, datetime) else datetime.fromisoformat(str(value))
    except ValueError:
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def local(value: Any, time_zone: str) -> datetime | None:
    """An instant in the listener's time zone; in UTC where the zone is unknown."""
    found = as_instant(value)
    if found is None:
        return None
    try:
        return found.astimezone(ZoneInfo(time_zone))
    except (KeyError, ValueError, OSError):
        return found.astimezone(UTC)


def month_number(value: Any) -> int | None:
    """The month of "YYYY-MM", 1 to 12; None for anything else."""
    text = str(value)[5:7]
    return int(text) if text.isdecimal() and 1 <= int(text) <= 12 else None


@lru_cache(64)
def days_between(start: date, end: date) -> tuple[date, ...]:
    """Every day from `start` to `end`, both included."""
    return tuple(start + timedelta(days=offset) for offset in range((end - start).days + 1))


@lru_cache(64)
def days_by_text(start: date, end: date) -> Mapping[object, date]:
    """The same days by how ISO 8601 writes them."""
    return {day.isoformat(): day for day in days_between(start, end)}


def name(value: Any, unknown: str = "–") -> str:
    """A displayed name on one line, its accents composed, as faces have them; `unknown` where there is none."""
    text = one_line(value)
    return (text if text.isascii() else normalize("NFC", text)) or unknown


def shortened(text: str, length: int) -> str:
    """The text, cut at `length` characters with an ellipsis."""
    return text if len(text) <= length else text[: length - 1].rstrip() + "…"


def words(column: str) -> str:
    """A column's or an insight's name as English words: "first_local_date" is "First date"."""
    text = re.sub(r"_count$", "s", column).removesuffix("_name").replace("local_", "").replace("_", " ").strip()
    return text[:1].upper() + text[1:]

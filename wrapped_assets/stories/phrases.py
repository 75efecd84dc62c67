"""Numbers, times and names as people write them; every function takes what a row may hold and never fails."""

from __future__ import annotations

import math
import re
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from wrapped_assets.kernels.one_line import one_line

NBSP = "\N{NO-BREAK SPACE}"
MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December",
)  # fmt: skip
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def number(value: Any) -> float | None:
    """The value as a number of a size that is counted, below a thousand million million; None for anything else."""
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not abs(value) < 1e15:
        return None
    return value


def count(value: Any) -> str:
    """A whole number with thousands separators; a dash where it is none."""
    found = number(value)
    return "–" if found is None else f"{math.floor(found + 0.5):,}"


def counted(value: Any, noun: str, plural: str = "") -> str:
    """A number and its noun in the right form: "1 listen", "2,000 listens"."""
    return f"{count(value)}{NBSP}{noun if count(value) == '1' else plural or noun + 's'}"


def percent(share: Any) -> str:
    """A share of 1 in per cent; what is there but rounds to nothing is "under 1 %"."""
    found = number(share)
    if found is None:
        return "–"
    return f"under 1{NBSP}%" if 0 < found < 0.005 else f"{math.floor(found * 100 + 0.5)}{NBSP}%"


def duration(minutes: Any) -> str:
    """Minutes as "42 min", "1 h 12 min" or, from two days up, "33 days 11 h"."""
    found = number(minutes)
    if found is None:
        return "–"
    whole = max(0, math.floor(found + 0.5))
    hours, rest = divmod(whole, 60)
    if hours >= 48:
        days, hours = divmod(hours, 24)
        return f"{days:,}{NBSP}days" + (f" {hours}{NBSP}h" if hours else "")
    return " ".join([f"{hours}{NBSP}h"] * bool(hours) + [f"{rest}{NBSP}min"] * bool(rest or not hours))


def high_mark(values: list[float]) -> float:
    """The value that 95 of 100 positive values stay below: a scale that one great day does not flatten; 0 for none."""
    positive = sorted(value for value in values if value > 0)
    return positive[min(len(positive) - 1, len(positive) * 95 // 100)] if positive else 0


def as_date(value: Any) -> date | None:
    """A local day given as a date or in ISO 8601; None for anything else."""
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    try:
        return date.fromisoformat(str(value)[:10])
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


def day(value: Any, year: int | None = None) -> str:
    """A day as "14 February", with its year unless that is `year`; a dash where it is none."""
    found = as_date(value)
    if found is None:
        return "–"
    return f"{found.day}{NBSP}{MONTHS[found.month - 1]}" + ("" if found.year == year else f" {found.year}")


def span(start: date, end: date) -> str:
    """A window as "1 January – 31 December 2025"."""
    return f"{day(start, end.year)} – {day(end)}"


def month_name(value: Any) -> str:
    """The month of "YYYY-MM"; a dash where it is none."""
    text = str(value)[5:7]
    return MONTHS[int(text) - 1] if text.isdecimal() and 1 <= int(text) <= 12 else "–"


def days_between(start: date, end: date) -> list[date]:
    """Every day from `start` to `end`, both included."""
    return [start + timedelta(days=offset) for offset in range((end - start).days + 1)]


def name(value: Any, unknown: str = "unknown") -> str:
    """A displayed name on one line; `unknown` where there is none."""
    return one_line(value) or unknown


def shortened(text: str, length: int) -> str:
    """The text, cut at `length` characters with an ellipsis."""
    return text if len(text) <= length else text[: length - 1].rstrip() + "…"


def words(column: str) -> str:
    """A column's or an insight's name as words: "first_local_date" is "First date"."""
    text = re.sub(r"_count$", "s", column).removesuffix("_name").replace("local_", "").replace("_", " ").strip()
    return text[:1].upper() + text[1:]

"""Times as people's tables spell them, made into the two forms that `times.any_spelling` reads: seconds, and ISO 8601.

A time without a zone is UTC. "03/04/2025" is April or March: `order` says which, and without it nothing is read.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache
from typing import Literal

Order = Literal["day_first", "month_first"]
# The languages in which services write their exports; a name that two of them give to different months is none.
LANGUAGES = (
    "en", "de", "fr", "es", "pt", "it", "nl", "sv", "da", "nb", "fi", "pl", "cs", "sk", "hu", "ro", "el", "tr", "ru", "uk", "id", "vi",
    "ca",
)  # fmt: skip
_CLOCK = r"(?P<hour>\d{1,2})[:.h](?P<minute>\d\d)(?::(?P<second>\d\d)(?P<fraction>[.,]\d+)?)?"
_HALF = r"\s*(?P<half>[ap]\.?\s?m\.?)?"
_ZONE = r"\s*(?P<zone>z|(?:utc|gmt)?[+−-]\d{1,2}(?::?\d\d)?|[^\W\d_]{2,5})?"
_WEEKDAY = r"(?:[^\W\d]{2,12}\.?,?\s+)?"
_TAIL = rf",?(?:\s+(?:at|um|à|a las|às|alle|kl\.?|о|о?б|saat))?\s*{_CLOCK}{_HALF}{_ZONE}\Z"
_MONTH = r"(?P<name>[^\W\d]{2,12})\.?"
ISO = re.compile(rf"(?P<year>\d{{4}})[-/.](?P<month>\d{{1,2}})[-/.](?P<day>\d{{1,2}})(?:t|\s+|,\s*){_CLOCK}{_HALF}{_ZONE}\Z")
COMPACT = re.compile(
    r"(?P<year>\d{4})(?P<month>\d\d)(?P<day>\d\d)t?(?P<hour>\d\d)(?P<minute>\d\d)(?P<second>\d\d)?(?P<fraction>)(?P<half>)(?P<zone>z)?\Z"
)
NAMED = (
    re.compile(
        rf"{_WEEKDAY}(?P<day>\d{{1,2}})\.?(?:st|nd|rd|th|er|º)?[\s.-]+(?:de\s+)?{_MONTH}[\s.-]+(?:de\s+)?(?P<year>\d{{4}})(?:\s*г\.?)?{_TAIL}"
    ),
    re.compile(rf"{_WEEKDAY}{_MONTH}\s+(?P<day>\d{{1,2}})(?:st|nd|rd|th)?,?\s+(?P<year>\d{{4}}){_TAIL}"),
    re.compile(rf"{_WEEKDAY}{_MONTH}\s+(?P<day>\d{{1,2}})\s+{_CLOCK}{_HALF}{_ZONE}\s+(?P<year>\d{{4}})\Z"),
)
MARKED = re.compile(rf"(?P<one>\d{{1,2}})(?P<mark>[/.-])(?P<two>\d{{1,2}})(?P=mark)(?P<year>\d{{4}}){_TAIL}")
# Five digits behind the point are what spreadsheets show: the time of day is lost, and all plays of hours would be one.
ROUNDED = re.compile(r"\s*\d(?:[.,]\d{0,5})?[eE]")
NUMBER = re.compile(r"\d+(?:[.,]\d+)?(?:e\+?\d+)?\Z")
PLAIN = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?Z?\Z")  # what `times.iso_utc` reads as it is
JAPANESE = re.compile(rf"(?P<year>\d{{4}})年\s*(?P<month>\d{{1,2}})月\s*(?P<day>\d{{1,2}})日\s*{_CLOCK}{_HALF}{_ZONE}\Z")


SECONDS_DIGITS, LAST_SECOND = 10, "4000000000"  # since September 2001; Last.fm is younger


def readable(text: str | None, order: Order | None = None) -> str | None:
    """The time in a form that `times.any_spelling` reads; None for what is no time of a clock, and for a day alone."""
    if not text:
        return None
    if text.isdecimal() and len(text) == SECONDS_DIGITS and text.isascii() and text < LAST_SECOND:
        return text
    if PLAIN.match(text) and (len(text) > 17 or not text.endswith("Z")):
        return text
    spelled = " ".join(text.lower().split())
    if NUMBER.match(spelled):
        return _seconds(spelled)
    for pattern in (ISO, *NAMED, COMPACT, JAPANESE):
        if found := pattern.match(spelled):
            return _iso(found.groupdict())
    if found := MARKED.match(spelled):
        parts = found.groupdict()
        day, month = _ordered(parts, order)
        return _iso(parts | {"day": day, "month": month}) if day else None
    return None


def iso_spelling(text: str) -> str | None:
    """The time, if it is written year first, in the form that `times.iso_utc` reads; None for any other text."""
    found = ISO.match(" ".join(text.lower().split()))
    return _iso(found.groupdict()) if found else None


def order_of(texts: Iterable[str | None]) -> Order | None:
    """Whether the day or the month comes first in "03/04/2025", told by all texts of a column; None where that cannot be told."""
    seen = {"day_first": False, "month_first": False}
    for text in texts:
        if text and (found := MARKED.match(" ".join(text.lower().split()))) and found["mark"] != ".":
            seen["day_first"] |= int(found["one"]) > 12
            seen["month_first"] |= int(found["two"]) > 12 or found["half"] is not None
        if seen["day_first"] and seen["month_first"]:
            return None
    return next((order for order, is_seen in seen.items() if is_seen), None)  # type: ignore[return-value]


def needs_order(text: str | None) -> bool:
    """Whether a text is a time of which day and month may be either way round."""
    found = MARKED.match(" ".join(text.lower().split())) if text else None
    return found is not None and found["mark"] != "."


# Abbreviations as services print them, as hours ahead of UTC. "IST" is India's, "CST" and "BST" are North America's and Britain's.
ZONES = {
    "utc": 0, "gmt": 0, "z": 0, "wet": 0, "west": 1, "bst": 1, "ist": 5.5, "cet": 1, "cest": 2, "mez": 1, "mesz": 2, "eet": 2, "eest": 3,
    "oez": 2, "oesz": 3, "msk": 3, "мск": 3, "trt": 3, "pkt": 5, "wib": 7, "ict": 7, "hkt": 8, "sgt": 8, "awst": 8, "jst": 9, "kst": 9,
    "acst": 9.5, "acdt": 10.5, "aest": 10, "aedt": 11, "nzst": 12, "nzdt": 13, "nst": -3.5, "ndt": -2.5, "ast": -4, "adt": -3, "est": -5,
    "edt": -4, "cst": -6, "cdt": -5, "mst": -7, "mdt": -6, "pst": -8, "pdt": -7, "akst": -9, "akdt": -8, "hst": -10, "brt": -3, "art": -3,
    "clt": -4, "clst": -3, "cot": -5, "pet": -5, "sast": 2, "eat": 3, "wat": 1, "cat": 2,
}  # fmt: skip


@cache
def months() -> dict[str, int]:
    """Number of a month by its name or abbreviation, in lower case and without a dot, in every language."""
    from babel.dates import get_month_names  # 0.1 s to import, and seldom needed

    found: dict[str, set[int]] = {}
    for language in LANGUAGES:
        for width in ("wide", "abbreviated"):
            for context in ("format", "stand-alone"):
                for number, name in get_month_names(width, context, language).items():
                    found.setdefault(name.lower().strip("."), set()).add(number)
    english = {name.lower(): number for width in ("wide", "abbreviated") for number, name in get_month_names(width, "format", "en").items()}
    return {name: min(numbers) for name, numbers in found.items() if len(numbers) == 1} | english | {"sept": 9}


def _seconds(spelled: str) -> str | None:
    if ROUNDED.match(spelled):
        return None
    number = float(spelled.replace(",", "."))
    if 1e9 <= number < 4e9:
        return spelled.replace(",", ".")
    return repr(number / 1000) if 1e12 <= number < 4e12 else None


def _ordered(parts: dict[str, str], order: Order | None) -> tuple[str | None, str | None]:
    if parts["mark"] == "." or order == "day_first":
        return parts["one"], parts["two"]
    return (parts["two"], parts["one"]) if order == "month_first" else (None, None)


def _iso(parts: dict[str, str | None]) -> str | None:
    month = parts.get("month") or months().get((parts.get("name") or "").strip("."))
    hour, half = int(parts["hour"] or 0), (parts.get("half") or "")[:1]
    offset = _offset(parts.get("zone") or "z")
    if month is None or offset is None or (half and not 1 <= hour <= 12):
        return None
    hour = hour % 12 + 12 * (half == "p") if half else hour
    fraction = (parts.get("fraction") or "").replace(",", ".")[:7]
    day = f"{int(parts['year'] or 0):04}-{int(month):02}-{int(parts['day'] or 0):02}"
    return f"{day}T{hour:02}:{parts['minute']}:{parts.get('second') or '00'}{fraction}{offset}"


def _offset(zone: str) -> str | None:
    """A zone as ISO 8601 writes it; None for an abbreviation that is not known."""
    hours = ZONES.get(zone)
    if hours is None and (found := re.fullmatch(r"(?:utc|gmt)?([+−-])(\d{1,2}):?(\d\d)?", zone)):
        hours = (int(found[2]) + int(found[3] or 0) / 60) * (1 if found[1] == "+" else -1)
    if hours is None or abs(hours) > 14:
        return None
    minutes = round(abs(hours) * 60)
    return f"{'-' if hours < 0 else '+'}{minutes // 60:02}:{minutes % 60:02}" if minutes else "Z"

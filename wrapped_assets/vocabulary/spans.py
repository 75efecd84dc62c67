"""Spans: runs of whole months, such as one month, a winter, a decade or all time, and the names by which people ask for them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from wrapped_assets.vocabulary.periods import Month, months_between

NAMES = "a month (2025-03), months (2024-12..2025-02), the months of a year so far (2025-to-date), a decade (2020s), or all"
_DECADE, _TO_DATE, _YEAR = re.compile(r"(\d{3}0)s"), re.compile(r"(\d{4})-to-date"), re.compile(r"\d{4}")


@dataclass(frozen=True)
class Span:
    """Whole months, both ends inclusive. As the period of a cell it is written FIRST..LAST."""

    first: Month
    last: Month

    @classmethod
    def parse(cls, period: str) -> Span:
        """The span of a cell's period."""
        first, _, last = period.partition("..")
        return cls(Month.parse(first), Month.parse(last))

    def __str__(self) -> str:
        return f"{self.first}..{self.last}"

    def months(self) -> Iterator[Month]:
        return months_between(self.first, self.last)

    @property
    def before(self) -> Span | None:
        """The months of its first year that come before it."""
        january = Month(self.first.year, 1)
        return Span(january, self.first.shift(-1)) if january < self.first else None


def canonical(name: str) -> str:
    """A span's name in the one spelling that is stored. ValueError, which lists the forms, for anything else or months in wrong order."""
    text = name.strip().lower()
    if text == "all" or _DECADE.fullmatch(text) or _TO_DATE.fullmatch(text):
        return text
    if _YEAR.fullmatch(text):
        return f"{text}-01..{text}-12"
    first, dots, last = text.partition("..")
    try:
        months = Month.parse(first), Month.parse(last if dots else first)
    except ValueError:
        raise ValueError(f"expected {NAMES}; got {name!r}") from None
    if months[1] < months[0]:
        raise ValueError(f"the span {name!r} ends before it begins: write {months[1]}..{months[0]}")
    return str(months[0]) if months[0] == months[1] else f"{months[0]}..{months[1]}"


def span_named(name: str, known: Span) -> Span:
    """The months of a canonical name, where plays are known of the months `known`. ValueError if it reaches beyond them.

    A decade, a year to date and all time reach as far as plays are known.
    """
    if name == "all":
        return known
    if decade := _DECADE.fullmatch(name):
        return _within(name, Span(Month(int(decade[1]), 1), Month(int(decade[1]) + 9, 12)), known)
    if year := _TO_DATE.fullmatch(name):
        return _within(name, Span(Month(int(year[1]), 1), Month(int(year[1]), 12)), known)
    asked = Span.parse(name if ".." in name else f"{name}..{name}")
    inside = _within(name, asked, known)
    whole = Span(Month(known.first.year, 1), Month(known.last.year, 12))  # a year may be asked for from its January to its December
    if asked.first < whole.first or whole.last < asked.last:
        raise ValueError(f"{name} reaches beyond the months with plays, {known}: write {inside}")
    return asked


def _within(name: str, span: Span, known: Span) -> Span:
    """The months of both. ValueError if there are none."""
    if known.last < span.first:
        raise ValueError(f"{name} comes after the last month with plays, {known.last}")
    if span.last < known.first:
        raise ValueError(f"{name} comes before the first month with plays, {known.first}")
    return Span(max(span.first, known.first), min(span.last, known.last))

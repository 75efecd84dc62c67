"""The sentence of an insight: its declared headline, filled from its first row."""

from __future__ import annotations

import re
from dataclasses import dataclass
from string import Formatter
from typing import Any, Literal

from wrapped_assets.kernels.one_line import one_line
from wrapped_assets.stories import phrases
from wrapped_assets.stories.data import Row, StoryData

_LONGEST_NAME = 64
_PLURAL = re.compile(r"^((?: [a-z]+)?? )([a-z]+s)\b")
_NEVER_PLURAL = {"its", "was", "is", "his", "as", "this", "across", "has"}


@dataclass(frozen=True)
class Part:
    """A piece of a headline: text as declared, a displayed name, or another value."""

    text: str
    kind: Literal["text", "name", "value"] = "text"


def value_text(column: str, value: Any, data: StoryData) -> str:
    """One cell as people read it, by what its column's name says it holds; a dash where it is empty."""
    if value is None:
        return "–"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if column.endswith("_date"):
        return phrases.day(value, data.year)
    if column.endswith(("_at", "_since")):
        found = phrases.local(value, data.time_zone)
        return f"{phrases.day(found, data.year)}, {found:%H:%M}" if found else "–"
    if column == "month":
        return phrases.month_name(value)
    if column == "local_weekday" and value in range(1, 8):
        return phrases.WEEKDAYS[value - 1]
    if column.endswith("_share"):
        return phrases.percent(value)
    if column.endswith(("_ms", "ms_played")) and phrases.number(value) is not None:
        return phrases.duration(value / 60_000)
    if isinstance(value, (list, tuple)):
        return ", ".join(value_text(column, item, data) for item in value)
    return phrases.count(value) if phrases.number(value) is not None else phrases.name(value, "–")


def _found(field: str, row: Row) -> str | None:
    """The column that a placeholder names: `{recording}` is recording_name."""
    return next((column for column in (f"{field}_name", field) if one_line(row.get(column))), None)


def _singular(literal: str) -> str:
    """The text after a 1, with the noun that follows in the singular: " times that day" is " time that day"."""
    match = _PLURAL.match(literal)
    if match is None or match.group(2) in _NEVER_PLURAL:
        return literal
    noun = match.group(2)
    noun = noun[:-3] + "y" if noun.endswith("ies") else noun[:-1]
    return match.group(1) + noun + literal[match.end() :]


# A listener whose exports know no lengths is told listens; "0 minutes" would be no more than a gap in the source.
_WITHOUT_MINUTES = (("listened for {minutes} minutes", "logged {listen_count} listens"), ("{minutes} minutes", "{listen_count} listens"))


def _of_what_is_known(template: str, row: Row) -> str:
    """The template, over listens where it speaks of minutes and there are none."""
    if phrases.number(row.get("minutes")) == 0 and phrases.number(row.get("listen_count")):
        for spoken, instead in _WITHOUT_MINUTES:
            template = template.replace(spoken, instead)
    return template


def headline(insight: str, data: StoryData) -> tuple[Part, ...]:
    """The insight's sentence; its name in words where nothing is declared, or where a placeholder has no value."""
    fallback = (Part(phrases.words(insight)),)
    telling, row = data.tellings.get(insight), data.first(insight)
    if telling is None or not telling.headline:
        return fallback
    try:
        pieces = list(Formatter().parse(_of_what_is_known(telling.headline, row)))
    except ValueError:
        return fallback
    parts: list[Part] = []
    after_one = False
    for literal, field, _, _ in pieces:
        if literal:
            parts.append(Part(_singular(literal) if after_one else literal))
        after_one = False
        if field is None:
            continue
        column = _found(field, row)
        if column is None:
            return fallback
        text = value_text(column, row[column], data)
        after_one = text == "1"
        is_name = isinstance(row[column], str) and column.endswith("_name")
        parts.append(Part(phrases.shortened(text, _LONGEST_NAME), "name") if is_name else Part(text, "value"))
    return tuple(parts)


def plain(parts: tuple[Part, ...]) -> str:
    """The sentence as text."""
    return "".join(part.text for part in parts)

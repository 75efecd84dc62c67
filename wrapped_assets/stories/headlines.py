"""The sentence of an insight: its declared headline, in the story's language, filled from its first row."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, Literal

from wrapped_assets.kernels.one_line import one_line
from wrapped_assets.stories import phrases
from wrapped_assets.stories.data import Row, Tellable, Telling
from wrapped_assets.stories.language import Language, english
from wrapped_assets.stories.milder import milder_headline
from wrapped_assets.vocabulary.columns import BY_NAME

_LONGEST_NAME = 64
_PLURAL = re.compile(r"^((?: [a-z]+)?? )([a-z]+s)\b")
_NEVER_PLURAL = {"its", "was", "is", "his", "as", "this", "across", "has"}


@dataclass(frozen=True)
class Part:
    """A piece of a headline: text of the message, a displayed name, or another value; `lang` only where it is not the story's."""

    text: str
    kind: Literal["text", "name", "value", "number", "title"] = "text"  # a number, or a title with its own sentence, is set large
    lang: str = ""


def value_text(column: str, value: Any, data: Tellable, language: Language | None = None) -> str:
    """One cell as people read it, by what its column's name says it holds; a dash where it is empty."""
    told = language or data.language
    if value is None:
        return "–"
    if isinstance(value, bool):
        return told.say("yes") if value else told.say("no")
    if column.endswith("_date"):
        return told.day(value, data.year)
    if column.endswith(("_at", "_since")):
        return told.moment(value, data.time_zone, data.year)
    if column == "month" or column.endswith("_month"):
        return told.month(value)
    if column == "local_weekday":
        return told.weekday(value)
    if column in ("country", "chart_country"):
        return told.country(value)
    if column.endswith("_share"):
        return told.percent(value)
    if column.endswith("_year"):
        return str(value)
    if column.endswith(("_ms", "ms_played")) and phrases.number(value) is not None:
        return told.duration(value / 60_000)
    if isinstance(value, (list, tuple)):
        return told.listed([value_text(column, item, data, told) for item in value])
    if _is_word(column):
        return told.word(value)
    return told.count(value) if phrases.number(value) is not None else phrases.name(value)


def _is_word(column: str) -> bool:
    """Whether the column holds one of our own words, which a language has a word for; somebody else's name stays as it is."""
    declared = BY_NAME.get(column)
    return declared is not None and declared.is_word


def _found(field: str, row: Row) -> str | None:
    """The column that a placeholder names: `{recording}` is recording_name."""
    return next((column for column in (f"{field}_name", field) if one_line(row.get(column))), None)


def _singular(literal: str) -> str:
    """English after a 1, with the noun that follows in the singular: " times that day" is " time that day"."""
    match = _PLURAL.match(literal)
    if match is None or match.group(2) in _NEVER_PLURAL:
        return literal
    noun = match.group(2)
    noun = noun[:-3] + "y" if noun.endswith("ies") else noun[:-1]
    return match.group(1) + noun + literal[match.end() :]


def _of_what_is_known(telling: Telling, row: Row) -> str:
    """Without lengths, "0 minutes" would be no more than a gap in the source."""
    has_listens_only = phrases.number(row.get("minutes")) == 0 and phrases.number(row.get("listen_count"))
    return telling.headline_in_listens or telling.headline if has_listens_only else telling.headline


def headline(insight: str, data: Tellable) -> tuple[Part, ...]:
    """The insight's sentence; its name in words where nothing is declared, or where a placeholder has no value.

    A headline that the story's language has no message for is told in English, with English numbers.
    """
    fallback = (Part(data.language.say(phrases.words(insight))),)
    telling, row = data.tellings.get(insight), data.first(insight)
    if telling is None or not telling.headline:
        return fallback
    text = _of_what_is_known(telling, row)
    text, row = milder_headline(insight, data.rows(insight)) or (text, row)
    told = data.language if data.language.knows(text) else english()
    try:
        pieces = told.parsed(text)
    except ValueError:
        return fallback
    return _filled(pieces, row, data, told) or fallback


def _filled(pieces: list[tuple[str, str | None, str | None]], row: Row, data: Tellable, told: Language) -> tuple[Part, ...]:
    """The message's parts; none where a placeholder has no value."""
    lang = "" if told is data.language else told.tag
    parts: list[Part] = []
    after_one = False
    for literal, field, spec in pieces:
        if literal:
            parts.append(Part(_singular(literal) if after_one and told.tag == "en" else literal, "text", lang))
        after_one = False
        if field is None:
            continue
        column = _found(field, row)
        if column is None:
            return ()
        text = told.value(row[column], spec) if spec else value_text(column, row[column], data, told)
        after_one = text == "1" and not spec
        is_name = isinstance(row[column], str) and column.endswith("_name") and not _is_word(column)
        kind = "text" if column.endswith("_meaning") else "value"  # a sentence of its own is no value in one
        if column.endswith("_name") and row.get(f"{column.removesuffix('_name')}_meaning"):
            kind = "title"
        parts.append(Part(phrases.shortened(text, _LONGEST_NAME), "name") if is_name else Part(text, kind, lang))
    return tuple(parts)


def plain(parts: tuple[Part, ...]) -> str:
    """The sentence as text."""
    return "".join(part.text for part in parts)

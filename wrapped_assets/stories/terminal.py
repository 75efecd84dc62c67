"""The story as a card for a terminal: at most 80 columns, no escape codes unless asked for."""

from __future__ import annotations

import textwrap
import unicodedata

from wrapped_assets.stories import counting, phrases
from wrapped_assets.stories.cards.card import Card
from wrapped_assets.stories.cards.habits import minutes_by_day
from wrapped_assets.stories.cards.order import cards_of
from wrapped_assets.stories.data import StoryData
from wrapped_assets.stories.headlines import plain

WIDTH = 74
_BLOCKS = "▁▂▃▄▅▆▇█"
_BAR = 16
_ANSI = {"title": "1;33", "label": "36", "bar": "35", "dim": "2"}


def columns_of(text: str) -> int:
    """How many terminal columns the text takes: two for wide characters, none for combining ones."""
    return sum(0 if unicodedata.combining(c) or c == "\u200d" else 2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)


def fitted(text: str, width: int) -> str:
    """The text padded, or cut with an ellipsis, to exactly `width` columns."""
    if columns_of(text) > width:
        while columns_of(text) > width - 1:
            text = text[:-1]
        text += "…"
    return text + " " * (width - columns_of(text))


def spark(values: list[float]) -> str:
    """One block a value, as high as its share of the highest; a dot where it is nought."""
    most = max(values, default=0)
    return "".join("·" if value <= 0 else _BLOCKS[min(7, int(8 * value / most))] for value in values)


def _weeks(data: StoryData) -> list[float]:
    days = minutes_by_day(data) or minutes_by_day(data, "listen_count")
    every = phrases.days_between(*data.window)
    return [sum(days.get(day, 0) for day in every[first : first + 7]) for first in range(0, len(every), 7)] if days else []


class _Painter:
    """Colours a text, or leaves it as it is."""

    def __init__(self, colour: bool) -> None:
        self._colour = colour

    def __call__(self, kind: str, text: str) -> str:
        return f"\x1b[{_ANSI[kind]}m{text}\x1b[0m" if self._colour else text


def _heading(card: Card) -> list[str]:
    return [fitted(line, WIDTH).rstrip() for line in textwrap.wrap(plain(card.headline), WIDTH - 2)] or [card.label]


def _ranking(card: Card, paint: _Painter) -> list[str]:
    lines = []
    for each in card.ranked[:5]:
        name = each.name + (f" · {each.credit}" if each.credit else "")
        bar = "█" * max(1, round(_BAR * each.share))
        lines.append(f"  {each.place:>2}  {fitted(name, WIDTH - _BAR - 16)}  {paint('bar', fitted(bar, _BAR))} {each.count:>7}")
    return lines


def _facts(card: Card) -> list[str]:
    is_totals = card.name == "listening_totals"
    told = " · ".join(f"{fact.value} {fact.label}" if is_totals else f"{fact.label}: {fact.value}" for fact in card.facts)
    return [f"  {fitted(line, WIDTH - 2).rstrip()}" for line in textwrap.wrap(told, WIDTH - 2)] if told else []


def _lines_of(card: Card, data: StoryData, paint: _Painter) -> list[str]:
    lines = [paint("label", line) for line in _heading(card)]
    if card.name == "listening_calendar":
        weeks = _weeks(data)
        lines += ["  " + paint("bar", spark(weeks)), f"  {fitted('one bar a week, ' + phrases.span(*data.window), WIDTH - 2).rstrip()}"]
    lines += _ranking(card, paint) if card.ranked else []
    if card.name == "listening_clock" and card.table:
        hours = [sum(_whole(row[hour]) for row in card.table.rows) for hour in range(1, 25)]
        lines += ["  " + paint("bar", "".join(block * 2 for block in spark(hours))), "  0           6           12          18          24"]
    if card.name == "discoveries" and card.table:
        lines.append("  " + paint("bar", spark([_whole(row[1]) for row in card.table.rows])) + "  new songs, month by month")
    return lines + (_facts(card) if not card.ranked else [])


def _whole(text: str) -> float:
    digits = text.replace(",", "")
    return float(digits) if digits.isdecimal() else 0.0


def story_text(data: StoryData, *, colour: bool = False) -> str:
    """The story in lines of at most 80 columns, ending in a line break; `colour` is for a terminal that shows it."""
    paint = _Painter(colour)
    title = f"{phrases.shortened(phrases.name(data.listener, 'Somebody'), 40)} · {data.year} in music"
    lines = [f"  ◉  {paint('title', fitted(title, WIDTH - 5).rstrip())}", "  " + "━" * (WIDTH - 2)]
    if sentence := counting.verdict(data):
        lines += ["", *(f"  {line}" for line in textwrap.wrap(sentence, WIDTH - 2))]
    for card in cards_of(data):
        if card.name != "top_recordings":  # the top song's card has just told its headline; the list follows it without one
            lines.append("")
            lines += ["  " + line for line in _lines_of(card, data, paint)]
        else:
            lines += ["  " + line for line in _ranking(card, paint)]
    outs = ", ".join(f"{number} {label}" for label, number in counting.ins_and_outs(data))
    small = textwrap.wrap(f"{counting.small_print(data)}. {outs}.", WIDTH - 2)
    lines += ["", "  " + "━" * (WIDTH - 2), *(f"  {paint('dim', fitted(line, WIDTH - 2).rstrip())}" for line in small)]
    return "\n".join(lines).replace(phrases.NBSP, " ") + "\n"

"""The story as a card for a terminal: at most 80 columns, no escape codes unless asked for."""

from __future__ import annotations

from collections.abc import Callable

from wrapped_assets.stories import counting, phrases
from wrapped_assets.stories.cards.card import Card
from wrapped_assets.stories.cards.habits import minutes_by_day
from wrapped_assets.stories.cards.order import cards_of
from wrapped_assets.stories.columns import columns_of, fitted, wrapped
from wrapped_assets.stories.data import StoryData
from wrapped_assets.stories.headlines import plain

WIDTH = 74
_BLOCKS = "▁▂▃▄▅▆▇█"
_BAR = 16
_ANSI = {"title": "1;33", "label": "36", "bar": "35", "dim": "2"}


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
    return [fitted(line, WIDTH).rstrip() for line in wrapped(plain(card.headline), WIDTH - 2)] or [card.label]


def _ranking(card: Card, paint: _Painter) -> list[str]:
    lines = []
    for each in card.ranked[:5]:
        name = each.name + (f" · {each.credit}" if each.credit else "")
        bar = "█" * max(1, round(_BAR * each.share))
        count = " " * (7 - columns_of(each.count)) + each.count
        lines.append(f"  {each.place:>2}  {fitted(name, WIDTH - _BAR - 16)}  {paint('bar', fitted(bar, _BAR))} {count}")
    return lines


def _facts(card: Card, say: Callable[..., str]) -> list[str]:
    if card.name == "listening_totals":
        told = " · ".join(say("{number} {label}", number=fact.value, label=fact.label) for fact in card.facts)
    else:
        told = " · ".join(say("{label}: {value}", label=fact.label, value=fact.value) for fact in card.facts)
    return [f"  {fitted(line, WIDTH - 2).rstrip()}" for line in wrapped(told, WIDTH - 2)] if told else []


def _lines_of(card: Card, data: StoryData, paint: _Painter) -> list[str]:
    say = data.language.say
    lines = [paint("label", line) for line in _heading(card)]
    if card.name == "listening_calendar":
        caption = say("one bar a week, {window}", window=data.language.span(*data.window))
        lines += ["  " + paint("bar", spark(_weeks(data))), f"  {fitted(caption, WIDTH - 2).rstrip()}"]
    lines += _ranking(card, paint) if card.ranked else []
    if card.name == "listening_clock" and card.series:
        hours = "".join(block * 2 for block in spark(list(card.series)))
        lines += ["  " + paint("bar", hours), "  0           6           12          18          24"]
    if card.name == "discoveries" and card.series:
        lines.append("  " + paint("bar", spark(list(card.series))) + "  " + say("new songs, month by month"))
    return lines + (_facts(card, say) if not card.ranked else [])


def story_text(data: StoryData, *, colour: bool = False) -> str:
    """The story in lines of at most 80 columns, ending in a line break; `colour` is for a terminal that shows it."""
    paint, say = _Painter(colour), data.language.say
    title = say("{name} · {year} in music", name=phrases.shortened(phrases.name(data.listener, say("Somebody")), 40), year=str(data.year))
    lines = [f"  ◉  {paint('title', fitted(title, WIDTH - 5).rstrip())}", "  " + "━" * (WIDTH - 2)]
    if sentence := counting.verdict(data):
        lines += ["", *(f"  {line}" for line in wrapped(sentence, WIDTH - 2))]
    for card in cards_of(data):
        if card.name != "top_recordings":  # the top song's card has just told its headline; the list follows it without one
            lines.append("")
            lines += ["  " + line for line in _lines_of(card, data, paint)]
        else:
            lines += ["  " + line for line in _ranking(card, paint)]
    outs = [say("{number} {label}", number=number, label=label) for label, number in counting.ins_and_outs(data)]
    small = wrapped(" · ".join([counting.small_print(data), *outs]), WIDTH - 2)
    lines += ["", "  " + "━" * (WIDTH - 2), *(f"  {paint('dim', fitted(line, WIDTH - 2).rstrip())}" for line in small)]
    return "\n".join(lines).replace(phrases.NBSP, " ") + "\n"

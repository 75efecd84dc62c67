"""The story as a card for a terminal: at most 80 columns, no escape codes unless asked for."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from wrapped_assets.stories import counting, phrases
from wrapped_assets.stories.cards.card import Card, Series
from wrapped_assets.stories.cards.order import cards_of
from wrapped_assets.stories.columns import columns_of, fitted, wrapped
from wrapped_assets.stories.data import StoryData
from wrapped_assets.stories.headlines import plain

WIDTH = 74
_BLOCKS = "▁▂▃▄▅▆▇█"
_BAR = 16
_ANSI = {"title": "1;33", "label": "36", "bar": "35", "dim": "2"}


def spark(values: Sequence[float]) -> str:
    """One block a value, as high as its share of the highest; a dot where it is nought."""
    most = max(values, default=0)
    return "".join("·" if value <= 0 else _BLOCKS[min(7, int(8 * value / most))] for value in values)


class _Painter:
    """Colours a text, or leaves it as it is."""

    def __init__(self, colour: bool) -> None:
        self._colour = colour

    def __call__(self, kind: str, text: str) -> str:
        return f"\x1b[{_ANSI[kind]}m{text}\x1b[0m" if self._colour else text


def _heading(card: Card, say: Callable[..., str]) -> list[str]:
    sentence = plain(card.headline)
    sentence = say("{label}: {value}", label=card.label, value=sentence) if card.has_label_in_text else sentence
    return [fitted(line, WIDTH).rstrip() for line in wrapped(sentence, WIDTH - 2)] or [card.label]


def _ranking(card: Card, paint: _Painter) -> list[str]:
    lines = []
    for each in card.ranked[:5]:
        name = each.name + (f" · {each.credit}" if each.credit else "")
        bar = "█" * max(1, round(_BAR * each.share)) if each.count and each.share else ""
        count = " " * (7 - columns_of(each.count)) + each.count
        room = WIDTH - _BAR - 16 if each.count else WIDTH - 6
        beside = f"  {paint('bar', fitted(bar, _BAR))} {count}" if each.count else ""
        lines.append(f"  {each.place:>2}  {fitted(name, room)}{beside}".rstrip())
    return lines


def facts_line(card: Card, say: Callable[..., str]) -> str:
    """The card's facts in one line, each read in the order of its sentence."""
    return " · ".join(
        say("{number} {label}", number=fact.value, label=fact.label)
        if fact.reads_on
        else say("{label}: {value}", label=fact.label, value=fact.value)
        for fact in card.facts or card.in_text
    )


def _facts(card: Card, say: Callable[..., str]) -> list[str]:
    told = facts_line(card, say)
    return [f"  {fitted(line, WIDTH - 2).rstrip()}" for line in wrapped(told, WIDTH - 2)] if told else []


def _series(series: Series, paint: _Painter) -> list[str]:
    row = "  " + paint("bar", "".join(block * series.width for block in spark(series.values)))
    row += f"  {series.beside}" if series.beside else ""
    return [row, f"  {fitted(series.below, WIDTH - 2).rstrip()}"] if series.below else [row]


def _lines_of(card: Card, say: Callable[..., str], paint: _Painter) -> list[str]:
    if card.continues:
        return _ranking(card, paint)
    lines = ["", *(paint("label", line) for line in _heading(card, say))]
    lines += _series(card.series, paint) if card.series else []
    return lines + (_ranking(card, paint) if card.ranked else _facts(card, say))


def story_text(data: StoryData, *, colour: bool = False) -> str:
    """The story in lines of at most 80 columns, ending in a line break; `colour` is for a terminal that shows it."""
    paint, say = _Painter(colour), data.language.say
    title = say("{name} · {year} in music", name=phrases.shortened(phrases.name(data.listener, say("Somebody")), 40), year=data.title)
    lines = [f"  ◉  {paint('title', fitted(title, WIDTH - 5).rstrip())}", "  " + "━" * (WIDTH - 2)]
    if sentence := counting.verdict(data):
        lines += ["", *(f"  {line}" for line in wrapped(sentence, WIDTH - 2))]
    for card in cards_of(data):
        lines += [f"  {line}" if line else "" for line in _lines_of(card, say, paint)]
    outs = [say("{number} {label}", number=number, label=label) for label, number in counting.ins_and_outs(data)]
    small = wrapped(" · ".join([counting.small_print(data), *outs]), WIDTH - 2)
    lines += ["", "  " + "━" * (WIDTH - 2), *(f"  {paint('dim', fitted(line, WIDTH - 2).rstrip())}" for line in small)]
    return "\n".join(lines).replace(phrases.NBSP, " ") + "\n"

"""A heat map of the window's days: a row a month, a column a day."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, timedelta
from functools import lru_cache

from markupsafe import Markup

from wrapped_assets.stories import phrases
from wrapped_assets.stories.figures import svg
from wrapped_assets.stories.language import Language

_LEFT, _CELL, _ROW, _TOP = 32.0, 10.0, 30.0, 16.0
_LEAST_HEIGHT = 260.0
LEVELS = 5  # shades; a day at the high mark or above has the darkest


def level_of(value: float, most: float) -> int:
    """0 for a day without music, else 1 to 5 by equal steps up to the high mark."""
    return 0 if value <= 0 or most <= 0 else min(LEVELS, 1 + int(LEVELS * value / most))


@lru_cache(64)
def _months(start: date, end: date) -> list[tuple[int, int]]:
    return sorted({(day.year, day.month) for day in phrases.days_between(start, end)})


def marked_days(days: Collection[date], start: date, end: date, label: str, told: Language) -> Markup:
    """A dot a day, a row a month; the marked ones are larger and full."""
    rows = {month: index for index, month in enumerate(_months(start, end))}
    step = 246 / max(12, len(rows))
    spots: dict[bool, list[tuple[float, float, float]]] = {True: [], False: []}
    for day in phrases.days_between(start, end):
        is_marked, x, y = day in days, _LEFT + _CELL * (day.day - 0.5), step * (rows[day.year, day.month] + 0.5)
        spots[is_marked].append((x, y, 6.0 if is_marked else 1.6))
    body = svg.discs(spots[False], "dot none") + svg.discs(spots[True], "dot")
    for (_, month), row in rows.items():
        body += svg.text(_LEFT - 6, step * (row + 0.5) + 4, told.month(month, "abbreviated"), "tick", "end")
    return svg.figure(_LEFT + 31 * _CELL, step * len(rows), label, body, "marked")


def _tall(months: int) -> float:
    """The height of a row; a month alone fills the map too."""
    return max(_ROW, _LEAST_HEIGHT / months)


@lru_cache(64)
def _places(start: date, end: date) -> list[tuple[date, float, float]]:
    """The window's days, each with its cell's left edge and foot."""
    rows = {month: index for index, month in enumerate(_months(start, end))}
    tall = _tall(len(rows))
    return [
        (day, _LEFT + _CELL * (day.day - 1) + 1, _TOP + tall * rows[day.year, day.month] + tall - 9)
        for day in phrases.days_between(start, end)
    ]


_ACROSS, _BACK = f"h{svg.fixed(_CELL - 2)}", f"h{svg.fixed(2 - _CELL)}z"


@lru_cache(64)
def _cells(start: date, end: date) -> list[tuple[date, str, float, str]]:
    """The window's days, each with the beginning of its mark's path, its foot, and the whole mark of a day without music."""
    return [
        (day, f"M{svg.fixed(x)} ", foot, f"M{svg.fixed(x)} {svg.fixed(foot - 3)}{_ACROSS}v3{_BACK}") for day, x, foot in _places(start, end)
    ]


@lru_cache(256)
def _ticks(start: date, end: date, told: Language) -> str:
    """The numbers of days above the map, and the names of months beside it."""
    months = _months(start, end)
    drawn = "".join(svg.text(_LEFT + _CELL * (day - 0.5), 9, day, "tick", "middle") for day in (1, 5, 10, 15, 20, 25, 31))
    for row, (_, month) in enumerate(months):
        drawn += svg.text(_LEFT - 6, _TOP + _tall(len(months)) * (row + 0.5), told.month(month, "abbreviated"), "tick", "end")
    return drawn


def _underlined(first: date, last: date, start: date, end: date) -> list[tuple[float, float, float, float]]:
    """The line under a run of days, from one into the next as long as they are of one month."""
    return [
        (x, foot + 2, _CELL if day < last and (day + timedelta(days=1)).month == day.month else _CELL - 2, 2)
        for day, x, foot in _places(start, end)
        if first <= day <= last
    ]


def heat_map(
    days: dict[date, float], start: date, end: date, streak: tuple[date, date] | None, is_minutes: bool, told: Language
) -> Markup:
    """The map; days outside the window have no cell, the longest streak is underlined."""
    most, mark = max(days.values(), default=0), phrases.high_mark(list(days.values()))
    months = len(_months(start, end))
    tall = _tall(months)
    body = _ticks(start, end, told)
    levels: dict[int, list[str]] = {level: [] for level in range(LEVELS + 1)}
    for day, begun, foot, silent in _cells(start, end):
        value = days.get(day, 0)
        if level := level_of(value, mark):
            height = 3 + (tall - 12) * min(1.0, value / mark)
            levels[level].append(f"{begun}{svg.written(foot - height)}{_ACROSS}v{svg.written(height)}{_BACK}")
        else:
            levels[0].append(silent)
    body += "".join(svg.shape("".join(cells), f"heat h{level}") for level, cells in levels.items())
    body += svg.columns(_underlined(*streak, start, end), "streak") if streak else ""
    counted = told.counted(most, "minutes" if is_minutes else "listens")
    label = told.say("Heat map of {window}: one mark a day, {most} on the fullest.", window=told.span(start, end), most=counted)
    return svg.figure(_LEFT + 31 * _CELL, _TOP + tall * months, label, body, "calendar")

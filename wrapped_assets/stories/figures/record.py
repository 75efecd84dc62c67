"""The year as a record: one spoke a day, as long as the day's music."""

from __future__ import annotations

import math
from datetime import date
from functools import lru_cache

from markupsafe import Markup

from wrapped_assets.stories import phrases
from wrapped_assets.stories.figures import svg
from wrapped_assets.stories.language import Language

_INNER, _OUTER, _CENTRE = 74.0, 178.0, 200.0
_DAYS_BY_MONTH = 600  # of more, the names of all months would touch


def _point(angle: float, radius: float) -> str:
    return f"{svg.fixed(_CENTRE + radius * math.sin(angle))} {svg.fixed(_CENTRE - radius * math.cos(angle))}"


@lru_cache(64)
def _rays(start: date, end: date) -> list[tuple[date, str, float, float]]:
    """Each day of the window with the beginning of its spoke's path, and the sine and the cosine of its angle."""
    every = phrases.days_between(start, end)
    angles = [2 * math.pi * (index + 0.5) / len(every) for index in range(len(every))]
    return [
        (day, f"M{_point(angle, _INNER + 2)}l", math.sin(angle), math.cos(angle)) for day, angle in zip(every, angles, strict=True)
    ]


def spokes(days: dict[date, float], start: date, end: date) -> str:
    """The path of all spokes, clockwise from the window's first day at the top; lengths go by the square root."""
    most = phrases.high_mark(list(days.values()))
    drawn = []
    for day, begun, sine, cosine in _rays(start, end):
        value = days.get(day, 0)
        if most and value > 0:
            length = 3 + (_OUTER - _INNER - 5) * min(1.0, math.sqrt(value / most))
            drawn.append(f"{begun}{svg.written(length * sine)} {svg.written(-length * cosine)}")
    return "".join(drawn)


def _uncut(radius: float, width: float) -> str:
    """What a page draws back, clockwise from the top, to show grooves being cut; where nothing moves it is not drawn."""
    return svg.circle(_CENTRE, _CENTRE, radius, "uncut", f'stroke-width="{svg.fixed(width)}" pathLength="1"')


def record_body(days: dict[date, float], start: date, end: date, year: int, told: Language) -> str:
    """The record's elements on a square of 400."""
    before, after = _around_spokes(start, end, year, told)
    return f'{before}<path d="{spokes(days, start, end)}" class="spokes"/>{after}'


@lru_cache(256)
def _around_spokes(start: date, end: date, year: int, told: Language) -> tuple[str, str]:
    """What is drawn before the spokes and after them: the same for all listeners."""
    every = phrases.days_between(start, end)
    grooves = svg.discs([(_CENTRE, _CENTRE, radius) for radius in (96, 118, 140, 162)], "groove")
    months = "".join(
        f'<text transform="rotate({svg.fixed(360 * (index + 0.5) / len(every))} 200 200)" x="200" y="12" class="rim" text-anchor="middle">'
        f"{told.month(day.month, 'abbreviated').upper()}</text>"
        for index, day in enumerate(every)
        if day.day == 15
    )
    if len(every) > _DAYS_BY_MONTH:  # the names of years instead
        months = "".join(
            f'<text transform="rotate({svg.fixed(360 * (index + 0.5) / len(every))} 200 200)" x="200" y="12" class="rim" '
            f'text-anchor="middle">{day.year}</text>'
            for index, day in enumerate(every)
            if (day.month, day.day) == (7, 1)
        )
    return (
        f'<g class="disc">{svg.circle(_CENTRE, _CENTRE, 186, "vinyl")}{grooves}',
        f"{months}</g>"
        + svg.circle(_CENTRE, _CENTRE, _INNER - 2, "label")
        + svg.text(200, 184, year, "label-year", "middle")
        + svg.circle(_CENTRE, _CENTRE, 5, "hole")
        + svg.text(200, 228, "33 1/3", "label-small", "middle"),
    )


def grooves(number: int, told: Language) -> Markup:
    """One ring a listen, at most 120 drawn, around a label."""
    shown = min(number, 120)
    step = 120 / max(shown, 1)
    rings = svg.discs([(_CENTRE, _CENTRE, 64 + step * (index + 0.5)) for index in range(shown)], "ring-each")
    body = rings + _uncut(124, 126) + svg.circle(_CENTRE, _CENTRE, 52, "label") + svg.circle(_CENTRE, _CENTRE, 5, "hole")
    label = told.say("{number:rings} of a record, one a listen.", number=number)
    if shown < number:
        label = told.say("{number:rings} of a record, of which {shown} are drawn.", number=number, shown=shown)
    return svg.figure(400, 400, label, body, "grooves")


def record(days: dict[date, float], start: date, end: date, year: int, told: Language) -> Markup:
    """The record as a figure of its own."""
    with_music = sum(1 for value in days.values() if value > 0)
    label = told.say("The year drawn as a record: {days:days} with music.", days=with_music)
    return svg.figure(400, 400, label, record_body(days, start, end, year, told) + _uncut(126, 106), "record")

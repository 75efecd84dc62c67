"""A week of hours: a row a weekday, a column an hour, a dot as large as its listens."""

from __future__ import annotations

import math

from markupsafe import Markup

from wrapped_assets.stories.figures import svg
from wrapped_assets.stories.language import Language

_LEFT, _CELL, _ROW, _TOP = 34.0, 13.0, 46.0, 18.0
NIGHT = (22, 23, 0, 1, 2, 3, 4)


def week_clock(hours: dict[tuple[int, int], float], told: Language) -> Markup:
    """The dots by (weekday, hour), Monday = 1; the night from 22 to 5 is shaded."""
    most = max(hours.values(), default=0)
    height = _TOP + 7 * _ROW
    body = svg.rect(_LEFT, _TOP, 5 * _CELL, 7 * _ROW, "night", 'rx="4"') + svg.rect(
        _LEFT + 22 * _CELL, _TOP, 2 * _CELL, 7 * _ROW, "night", 'rx="4"'
    )
    body += "".join(svg.text(_LEFT + _CELL * (hour + 0.5), 11, hour, "tick", "middle") for hour in (0, 6, 12, 18, 23))
    heard, silent = [], []
    for weekday in range(1, 8):
        y = _TOP + _ROW * (weekday - 0.5)
        body += svg.text(_LEFT - 6, y + 4, told.weekday(weekday, "abbreviated"), "tick", "end")
        for hour in range(24):
            value = hours.get((weekday, hour), 0)
            radius = 0.9 if value <= 0 or not most else 1.6 + 5.2 * math.sqrt(value / most)
            (heard if value > 0 else silent).append((_LEFT + _CELL * (hour + 0.5), y, radius))
    body += svg.discs(heard, "dot") + svg.discs(silent, "dot none")
    weekday, hour = max(hours, key=lambda place: (hours[place], (-place[0], -place[1])), default=(1, 0))
    label = told.say("Listens by weekday and hour; most on {weekday} from {hour}:00.", weekday=told.weekday(weekday), hour=hour)
    return svg.figure(_LEFT + 24 * _CELL + 4, height, label, body, "clock")

"""Small figures of one number: tally marks, a day as a ring, a stretch of time, bars by month."""

from __future__ import annotations

import math
from collections.abc import Sequence

from markupsafe import Markup

from wrapped_assets.stories.figures import svg
from wrapped_assets.stories.language import Language


def tally(number: int, told: Language) -> Markup:
    """Tally marks in fives, as many as were counted, at most 200; each a little crooked, as by hand."""
    shown = min(number, 200)
    fives = math.ceil(shown / 5)
    columns = 1 if shown <= 5 else 2 if shown <= 30 else 3 if shown <= 45 else 4 if shown <= 80 else 5 if shown <= 125 else 7
    width, row, tall = 342 / columns, 290 / columns, 230 / columns
    marks, crosses = [], []
    for group in range(fives):
        x, y = (group % columns) * width + width * 0.14, (group // columns) * row + 6
        stroke = width * 0.72 / 4
        for mark in range(min(5, shown - group * 5)):
            lean = ((group * 7 + mark * 5) % 5 - 2) * 0.9
            if mark < 4:
                marks.append([(x + stroke * (mark + 0.5) + lean, y), (x + stroke * (mark + 0.5) - lean, y + tall)])
            else:
                crosses.append([(x - 2, y + tall - 6 + lean), (x + stroke * 4 + 2, y + 6 - lean)])
    body = svg.lines(marks, "tally") + svg.lines(crosses, "tally cross")
    return svg.figure(342, math.ceil(fives / columns) * row or 1, told.counted(number, "marks"), body, "tallies")


def _ray(angle: float, outer: float, inner: float) -> list[tuple[float, float]]:
    """A line towards the centre of a figure of 320, by its distances from it; the angle runs clockwise from the top."""
    return [(160 + radius * math.sin(angle), 160 - radius * math.cos(angle)) for radius in (outer, inner)]


def day_ring(minutes: float, told: Language) -> Markup:
    """The part of a day's 24 hours that the minutes fill, as a ring."""
    share = min(1.0, max(0.0, minutes / 1440))
    length = 2 * math.pi * 120
    body = svg.circle(160, 160, 120, "ring-all") + svg.circle(
        160, 160, 120, "ring", f'stroke-dasharray="{svg.fixed(length * share)} {svg.fixed(length)}" transform="rotate(-90 160 160)"'
    )
    body += svg.lines([_ray(math.pi * hour / 12, 98, 92 if hour % 6 else 84) for hour in range(24)], "notch")
    body += svg.text(160, 168, told.percent(share), "ring-number", "middle")
    body += svg.text(160, 192, told.say("of the day"), "ring-small", "middle")
    return svg.figure(320, 320, told.say("{minutes:duration} of 24 hours.", minutes=minutes), body, "rings")


def stretch(start: str, end: str, start_hour: float, hours: float, told: Language) -> Markup:
    """A stretch of time on a scale of hours, from `start_hour` on, with its first and last time written at its ends."""
    first, last = math.floor(start_hour), math.ceil(start_hour + max(hours, 0.1))
    scale = 330 / max(1, last - first)
    hours_marked = range(last - first + 1)
    body = svg.lines(
        [[(6 + scale * index, 246), (6 + scale * index, 258 if (first + index) % 6 else 268)] for index in hours_marked], "notch"
    )
    left, right = 6 + scale * (start_hour - first), 6 + scale * (start_hour - first + hours)
    body += svg.rect(left, 8, max(3.0, right - left), 234, "bar", 'rx="6"')
    body += svg.text(max(2, left), 294, start, "time") + svg.text(min(340, right), 294 if right - left > 130 else 318, end, "time", "end")
    return svg.figure(342, 324, told.say("From {start} to {end}.", start=start, end=end), body, "stretches")


def beads(number: int, told: Language) -> Markup:
    """A bead a day on a string that turns at the margins, at most 120."""
    shown = min(number, 120)
    most = ((6, 2), (9, 3), (16, 4), (25, 5), (36, 6), (64, 8))
    columns = next((broad for up_to, broad in most if number <= up_to), 12)
    step, points = 330 / columns, []
    for index in range(shown):
        row, place = divmod(index, columns)
        points.append((6 + step * ((place if row % 2 == 0 else columns - 1 - place) + 0.5), step * (row + 0.5)))
    body = svg.path(points, "string") + svg.discs([(x, y, step * 0.33) for x, y in points], "bead")
    return svg.figure(342, step * math.ceil(shown / columns) or 1, told.say("{days:days} on a string.", days=number), body, "beads")


def hundredths(share: float, label: str) -> Markup:
    """A hundred dots, of which as many are full as the share has per cent, at least one."""
    full = max(1, min(100, math.floor(share * 100 + 0.5)))
    spots = [(18 + 34 * (index % 10), 17 + 30 * (index // 10), 11.0) for index in range(100)]
    return svg.figure(342, 304, label, svg.discs(spots[:full], "hundredth on") + svg.discs(spots[full:], "hundredth"), "hundred")


def clock_face(hour: int, minute: int, told: Language) -> Markup:
    """A clock that shows the time."""
    body = svg.circle(160, 160, 148, "face")
    body += svg.lines([_ray(math.pi * mark / 6, 136, 122 if mark % 3 else 112) for mark in range(12)], "hour")
    for angle, length, css in ((math.pi * (hour % 12 + minute / 60) / 6, 76, "hand short"), (math.pi * minute / 30, 116, "hand")):
        body += svg.path(
            [(160 - 14 * math.sin(angle), 160 + 14 * math.cos(angle)), (160 + length * math.sin(angle), 160 - length * math.cos(angle))],
            css,
        )
    label = told.say("A clock at {time}.", time=f"{hour:02d}:{minute:02d}")
    return svg.figure(320, 320, label, body + svg.circle(160, 160, 9, "pin"), "face-clock")


def month_bars(values: Sequence[tuple[str, float | None]], unit: str, told: Language) -> Markup:
    """A bar a month with its value above; a dash where the value is not told."""
    most = max((value for _, value in values if value is not None), default=0) or 1
    step, body, bars = 342 / max(1, len(values)), "", []
    for index, (month, value) in enumerate(values):
        height = 304 * max(0.0, value or 0.0) / most
        x = step * index
        bars.append((x + 2, 330 - height, step - 4, max(1.0, height)))
        body += svg.text(x + step / 2, 324 - height, told.count(value), "tick", "middle")
        body += svg.text(x + step / 2, 346, told.month(month, "abbreviated" if step > 30 else "narrow"), "tick", "middle")
    body += svg.columns(bars, "bar")
    return svg.figure(342, 352, told.say("{unit} by month; {most} in the fullest one.", unit=unit, most=most), body, "bars")

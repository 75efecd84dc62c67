"""Charts of names and numbers: labelled bars, a grid of dots, poles of an axis, spans of a year, a badge with a rank."""

from __future__ import annotations

import math
from collections.abc import Sequence

from markupsafe import Markup

from wrapped_assets.stories import phrases
from wrapped_assets.stories.figures import svg
from wrapped_assets.stories.language import Language


def columns_chart(values: Sequence[tuple[str, float]], label: str, told: Language, marked: frozenset[str] = frozenset()) -> Markup:
    """A column a label; those `marked` are full, the others pale where any is marked."""
    most = max((value for _, value in values), default=0) or 1
    step, body = 342 / max(1, len(values)), ""
    for index, (name, value) in enumerate(values):
        height, x = 290 * max(0.0, value) / most, step * index
        css = "bar pale" if marked and name not in marked else "bar"
        body += svg.rect(x + 1.5, 316 - height, step - 3, max(1.0, height), css, 'rx="3"')
        if step > 24:
            body += svg.text(x + step / 2, 310 - height, told.count(value), "tick", "middle")
        body += svg.text(x + step / 2, 332, name, "tick", "middle") if step > 24 or index % 2 == 0 else ""
    return svg.figure(342, 338, label, body, "bars")


def dot_grid(rows: Sequence[str], columns: Sequence[str], values: dict[tuple[int, int], float], label: str) -> Markup:
    """A dot a cell, its area by its value; `values` by places of row and column."""
    left, row_height, top = 112.0, 56.0, 22.0
    step, most = (342 - left) / max(1, len(columns)), max(values.values(), default=0)
    body = "".join(svg.text(left + step * (index + 0.5), 12, name, "tick", "middle") for index, name in enumerate(columns))
    for row, name in enumerate(rows):
        y = top + row_height * (row + 0.5)
        body += svg.text(left - 8, y + 4, phrases.shortened(name, 16), "who-tick", "end")
        for column in range(len(columns)):
            value = values.get((row, column), 0)
            radius = 1.2 if value <= 0 or not most else 2 + 18 * math.sqrt(value / most)
            body += svg.circle(left + step * (column + 0.5), y, radius, "dot" if value > 0 else "dot none")
    return svg.figure(342, top + row_height * len(rows), label, body, "grid-of-dots")


def poles(axes: Sequence[tuple[str, str, float]], label: str) -> Markup:
    """A line an axis between two words, with a mark from 0 at the left to 1 at the right; the middle is where most people are."""
    body = ""
    for index, (left, right, place) in enumerate(axes):
        y = 34 + 100 * index
        body += svg.text(0, y - 12, left, "pole here" if place < 0.5 else "pole") + svg.text(
            342, y - 12, right, "pole here" if place > 0.5 else "pole", "end"
        )
        body += svg.path([(6, y), (336, y)], "axis") + svg.path([(171, y - 6), (171, y + 6)], "axis")
        body += svg.circle(6 + 330 * max(0.0, min(1.0, place)), y, 9, "bead")
    return svg.figure(342, 100 * len(axes) - 40 or 1, label, body, "poles")


def spans(parts: Sequence[tuple[int, int, str]], label: str, told: Language) -> Markup:
    """The year as a band: a part from its first to its last month, numbered, with its name under it."""
    step, body = 342 / 12, ""
    for index, (first, last, name) in enumerate(parts):
        x, width = step * (first - 1), step * (last - first + 1)
        body += svg.rect(x + 1, 18, width - 2, 190, f"part s{index % 3}", 'rx="5"')
        body += svg.text(x + width / 2, 124, index + 1, f"part-number s{index % 3}", "middle")
        if width > 56:  # a narrow part's name stands below, beside its months
            body += svg.text(x + width / 2, 226, phrases.shortened(name, int(width / 7)), "tick", "middle")
    body += "".join(svg.text(step * (month - 0.5), 11, told.month(month, "narrow"), "tick", "middle") for month in range(1, 13))
    return svg.figure(342, 232, label, body, "spans")


_BADGE = ("badge-rank", "badge-rank long", "badge-rank longer")


def badge(rank: str, under: str, share: float, label: str) -> Markup:
    """A rosette with a rank; the ring is filled as far as the share of people behind."""
    length = 2 * math.pi * 128
    angles = [math.pi * tooth / 24 for tooth in range(48)]
    teeth = svg.lines([[(160 + r * math.sin(each), 160 - r * math.cos(each)) for r in (142, 156)] for each in angles], "tooth")
    ring = f'stroke-dasharray="{svg.fixed(length * max(0.0, min(1.0, share)))} {svg.fixed(length)}" transform="rotate(-90 160 160)"'
    body = teeth + svg.circle(160, 160, 128, "ring-all thin") + svg.circle(160, 160, 128, "ring thin", ring)
    body += svg.text(160, 178, rank, _BADGE[sum(len(rank) > most for most in (5, 9))], "middle")
    body += svg.text(160, 212, under, "ring-small", "middle")
    return svg.figure(320, 320, label, body, "rings badge")

"""A year beside the one before: two bars a measure, and two marks on an axis."""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup

from wrapped_assets.stories.figures import svg
from wrapped_assets.stories.language import Language

_STEP = 132.0


def pairs(bars: Sequence[tuple[str, float, float, str]], years: tuple[str, str], label: str, told: Language) -> Markup:
    """A full bar for this year over a pale one for the year before, in each measure's own scale; its change stands at the right."""
    body = ""
    for index, (name, now, then, change) in enumerate(bars):
        y, most = _STEP * index, max(now, then) or 1
        body += svg.text(0, y + 20, name, "who-tick") + svg.text(342, y + 20, change, "pole", "end")
        for row, (value, year, css) in enumerate(((now, years[0], "bar"), (then, years[1], "bar pale"))):
            top = y + 30 + 46 * row
            body += svg.rect(0, top, max(2.0, 342 * max(0.0, value) / most), 42, css, 'rx="3"')
            written = year if row == 0 else f"{year}: {told.count(value)}"
            body += svg.text(8, top + 27, written, "over" if row == 0 else "under")
    return svg.figure(342, _STEP * len(bars) or 1, label, body, "bars")


def then_and_now(axes: Sequence[tuple[str, str, float, float | None]], years: Sequence[str], label: str) -> Markup:
    """A line an axis from none to all, its middle marked: a disc for this year, a ring for the year before where it is known."""
    body = ""
    for index, (left, right, now, then) in enumerate(axes):
        y = 52 + 170 * index
        body += svg.text(0, y - 26, left, "pole here" if now < 0.5 else "pole")
        body += svg.text(342, y - 26, right, "pole here" if now > 0.5 else "pole", "end")
        body += svg.path([(12, y), (330, y)], "axis") + svg.path([(171, y - 7), (171, y + 7)], "axis")
        spots = [_across(now), *(() if then is None else (_across(then),))]
        body += svg.circle(spots[0], y, 14, "bead") + "".join(svg.circle(x, y, 14, "hour") for x in spots[1:])
        body += _years(spots, years, y + 42)
    return svg.figure(342, 170 * len(axes) - 50 or 1, label, body, "poles")


def _across(share: float) -> float:
    return 12 + 318 * max(0.0, min(1.0, share))


def _years(spots: Sequence[float], years: Sequence[str], y: float) -> str:
    """Each year under its mark, the two apart from each other."""
    body, is_first_left = "", spots[0] <= spots[-1]
    for place, (x, year) in enumerate(zip(spots, years, strict=False)):
        is_near = len(spots) > 1 and abs(spots[0] - spots[1]) < 8 * len(year) + 8
        if not is_near:
            body += svg.text(max(4 * len(year), min(342 - 4 * len(year), x)), y, year, "pole", "middle")
            continue
        middle = min(342 - 9.0 * len(year), max(9.0 * len(year), sum(spots) / 2))
        is_left = is_first_left == (place == 0)
        body += svg.text(middle - 5 if is_left else middle + 5, y, year, "pole", "end" if is_left else "start")
    return body

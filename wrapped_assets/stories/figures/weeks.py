"""A year as weeks: one column a week, months named under them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from markupsafe import Markup

from wrapped_assets.stories.figures import svg
from wrapped_assets.stories.language import Language

_WIDTH, _HEIGHT, _BASE = 342.0, 290.0, 316.0


def week_columns(weeks: Sequence[tuple[date, float]], label: str, told: Language) -> Markup:
    """A column a week, by its Monday, as high as its share of the highest; a month's name where its first Thursday lies."""
    most = max((value for _, value in weeks), default=0) or 1
    step, body, bars = _WIDTH / max(1, len(weeks)), "", []
    for index, (monday, value) in enumerate(weeks):
        height = _HEIGHT * max(0.0, value) / most
        bars.append((step * index + 0.5, _BASE - height, step - 1, max(1.0, height)))
        thursday = monday + timedelta(days=3)
        if thursday.day <= 7:
            body += svg.text(step * (index + 0.5), 332, told.month(thursday.month, "narrow"), "tick", "middle")
    body += svg.columns(bars, "bar")
    return svg.figure(_WIDTH, 338, label, body, "bars")

"""A day as hours: one column an hour, the repeats at its foot."""

from __future__ import annotations

from collections.abc import Mapping

from markupsafe import Markup

from wrapped_assets.stories.figures import svg

_WIDTH, _HEIGHT, _BASE, _HOURS = 342.0, 262.0, 270.0, 24


def day_hours(hours: Mapping[int, tuple[float, float]], label: str) -> Markup:
    """Columns by hour (0 to 23) of listens and, of these, repeats, as high as their share of the fullest hour."""
    most = max((listens for listens, _ in hours.values()), default=0) or 1
    step, body = _WIDTH / _HOURS, ""
    bars, again = [], []
    for hour in range(_HOURS):
        listens, repeats = hours.get(hour, (0, 0))
        if listens > 0:
            height = max(2.0, _HEIGHT * listens / most)
            bars.append((step * hour + 1, _BASE - height, step - 2, height))
        if repeats > 0:
            height = _HEIGHT * min(repeats, listens) / most
            again.append((step * hour + 1, _BASE - height, step - 2, height))
    feet = [(step * hour + 1, _BASE - 1, step - 2, 1) for hour in range(_HOURS)]
    body += svg.columns(feet, "night") + svg.columns(bars, "bar") + svg.columns(again, "bar again")
    body += "".join(svg.text(step * (hour + 0.5), 286, hour, "tick", "middle") for hour in (0, 6, 12, 18, 23))
    return svg.figure(_WIDTH, 290, label, body, "bars day")

"""People on a circle, joined by lines as wide as the music that they share."""

from __future__ import annotations

import math
from collections.abc import Sequence

from markupsafe import Markup

from wrapped_assets.stories import phrases
from wrapped_assets.stories.figures import svg
from wrapped_assets.stories.language import Language

_CENTRE, _RADIUS = 200.0, 128.0


def circle_of(names: Sequence[str], shares: dict[tuple[int, int], float], told: Language) -> Markup:
    """The circle, the first name at the top; `shares` by places of two names, the widest line is the largest share."""
    most = max(shares.values(), default=0) or 1
    angles = [2 * math.pi * place / max(1, len(names)) for place in range(len(names))]
    points = [(_CENTRE + _RADIUS * math.sin(angle), _CENTRE - _RADIUS * math.cos(angle)) for angle in angles]
    body = "".join(
        f'<path d="M{svg.fixed(points[one][0])} {svg.fixed(points[one][1])}L{svg.fixed(points[other][0])} {svg.fixed(points[other][1])}" '
        f'class="bond" stroke-width="{svg.fixed(1 + 13 * share / most)}"/>'
        for (one, other), share in sorted(shares.items())
    )
    for name, (x, y), angle in zip(names, points, angles, strict=True):
        side = math.sin(angle)
        anchor = "start" if side > 0.35 else "end" if side < -0.35 else "middle"
        body += svg.circle(x, y, 11, "bead")
        down = 32 if math.cos(angle) < -0.35 else -20 if math.cos(angle) > 0.35 else 6
        x = min(392, x + 16) if anchor == "start" else max(8, x - 16) if anchor == "end" else x
        body += svg.text(x, y + down, phrases.shortened(name, 11 if anchor == "middle" else 8), "member", anchor)
    label = told.say("{names} in a circle; the wider a line, the more music two of them share.", names=told.listed(names))
    return svg.figure(400, 400, label, body, "together")


def matrix(names: Sequence[str], shares: dict[tuple[int, int], float], label: str) -> Markup:
    """A square a pair, the fuller the more they share; `shares` by places of two names, the full one is the largest share."""
    most, step, left, top = max(shares.values(), default=0) or 1, 246 / max(1, len(names)), 96.0, 26.0
    squares: dict[int, list[tuple[float, float, float, float]]] = {}
    for (one, other), share in sorted(shares.items()):
        shade = min(4, int(5 * share / most))
        for row, column in ((one, other), (other, one)):
            squares.setdefault(shade, []).append((left + step * column + 1, top + step * row + 1, step - 2, step - 2))
    body = "".join(svg.columns(found, f"heat h{shade}") for shade, found in sorted(squares.items()))
    for place, name in enumerate(names):
        middle = step * (place + 0.5)
        body += svg.text(left - 8, top + middle + 5, phrases.shortened(name, 11), "who-tick", "end")
        body += svg.text(left + middle, 16, phrases.shortened(name, max(1, int(step / 9))), "who-tick", "middle")
        body += svg.circle(left + middle, top + middle, min(5.0, step / 4), "pin")
    return svg.figure(342, top + 246, label, body, "matrix")


def two_discs(share: float, label: str) -> Markup:
    """Two people as discs that lie on each other the further, the more they share: beside each other for nothing, one disc for all."""
    apart = 160 * (1 - max(0.0, min(1.0, share)))
    body = svg.circle(171 - apart / 2, 90, 80, "disc") + svg.circle(171 + apart / 2, 90, 80, "disc other")
    return svg.figure(342, 180, label, body, "discs")

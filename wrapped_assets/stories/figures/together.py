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


def two_discs(share: float, label: str) -> Markup:
    """Two people as discs that lie on each other the further, the more they share: beside each other for nothing, one disc for all."""
    apart = 160 * (1 - max(0.0, min(1.0, share)))
    body = svg.circle(171 - apart / 2, 90, 80, "disc") + svg.circle(171 + apart / 2, 90, 80, "disc other")
    return svg.figure(342, 180, label, body, "discs")

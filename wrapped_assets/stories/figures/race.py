"""The race of the top artists: cumulative listens, month by month."""

from __future__ import annotations

from markupsafe import Markup

from wrapped_assets.stories.figures import svg
from wrapped_assets.stories.language import Language

_LEFT, _RIGHT, _TOP, _BOTTOM, _WIDTH, _HEIGHT = 6.0, 26.0, 10.0, 20.0, 342.0, 400.0
_GAP = 19.0


def _apart(wanted: list[float]) -> list[float]:
    """The label heights nearest to those wanted that do not touch; `wanted` runs from top to bottom."""
    placed: list[float] = []
    for y in wanted:
        placed.append(max(y, placed[-1] + _GAP) if placed else y)
    overhang = max(0.0, (placed[-1] if placed else 0) - (_HEIGHT - _BOTTOM))
    for index in range(len(placed) - 1, -1, -1):
        limit = placed[index + 1] - _GAP if index + 1 < len(placed) else placed[index] - overhang
        placed[index] = min(placed[index], limit)
    return placed


def race(lines: list[tuple[str, dict[str, float]]], months: list[str], told: Language) -> Markup:
    """One line an artist, first place first; a line begins at nought and ends in its place's number."""
    most = max((value for _, line in lines for value in line.values()), default=0) or 1
    step = (_WIDTH - _LEFT - _RIGHT) / max(1, len(months))
    bottom = _HEIGHT - _BOTTOM

    def height(value: float) -> float:
        return bottom - (bottom - _TOP) * value / most

    body = svg.lines([[(_LEFT + step * index, bottom), (_LEFT + step * index, _TOP)] for index in range(len(months) + 1)], "grid")
    body += "".join(
        svg.text(_LEFT + step * (index + 0.5), _HEIGHT - 4, told.month(month, "narrow"), "tick", "middle")
        for index, month in enumerate(months)
    )
    ends, runs, labels = [], "", ""
    for place, (_, line) in reversed(list(enumerate(lines, 1))):
        points, reached = [(_LEFT, bottom)], 0.0
        for index, month in enumerate(months, 1):
            reached = line.get(month, reached)
            points.append((_LEFT + step * index, height(reached)))
        ends.insert(0, points[-1])
        runs += svg.path(points, f"run p{place}")
    for place, ((x, y), shown) in enumerate(zip(ends, _apart([y for _, y in ends]), strict=True), 1):
        if abs(shown - y) > 1:
            labels += svg.path([(x, y), (x + 8, shown)], "lead")
        labels += svg.circle(x + 15, shown, 9, f"place p{place}") + svg.text(x + 15, shown + 4, place, f"place-number p{place}", "middle")
    body += f'<g class="runs">{runs}</g><g class="ends">{labels}</g>'
    winner = lines[0][0] if lines else "–"
    label = told.say(
        "Cumulative listens by month, {lines:artists}; {winner} ends first with {most:listens}.", lines=len(lines), winner=winner, most=most
    )
    return svg.figure(_WIDTH, _HEIGHT, label, body, "race")

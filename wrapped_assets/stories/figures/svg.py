"""The few SVG elements that the charts are made of."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

from markupsafe import Markup, escape


def figure(width: float, height: float, label: str, body: str, kind: str) -> Markup:
    """An image of its own size that scales with its card; `label` is what a screen reader says."""
    return Markup(  # noqa: S704 (names are escaped by `text`, the rest is numbers)
        f'<svg class="figure {kind}" viewBox="0 0 {fixed(width)} {fixed(height)}" role="img" aria-label="{escape(label)}">{body}</svg>'
    )


def written(value: float) -> str:
    """A coordinate with at most one decimal, a seventh of a phone's pixel; the same on every machine."""
    text = f"{value:.1f}"
    return text[:-2] if value and text.endswith(".0") else text if value else "0"


fixed = lru_cache(65_536)(written)  # for places that are the same on every page, as those of a year's days are


def text(x: float, y: float, content: object, css: str = "", anchor: str = "start") -> str:
    """One line of text, escaped."""
    return f'<text x="{fixed(x)}" y="{fixed(y)}" class="{css}" text-anchor="{anchor}">{escape(content)}</text>'


def rect(x: float, y: float, width: float, height: float, css: str = "", extra: str = "") -> str:
    """A rectangle; `extra` holds further attributes."""
    return f'<rect x="{fixed(x)}" y="{fixed(y)}" width="{fixed(width)}" height="{fixed(height)}" class="{css}" {extra}/>'


def circle(x: float, y: float, radius: float, css: str = "", extra: str = "") -> str:
    """A circle; `extra` holds further attributes."""
    return f'<circle cx="{fixed(x)}" cy="{fixed(y)}" r="{fixed(radius)}" class="{css}" {extra}/>'


def path(points: list[tuple[float, float]], css: str = "") -> str:
    """A line through the points."""
    return f'<path d="M{" L".join(f"{fixed(x)} {fixed(y)}" for x, y in points)}" class="{css}"/>'


def lines(each: Iterable[list[tuple[float, float]]], css: str = "") -> str:
    """Many lines as one element; a line more costs a page no element."""
    return shape("".join("M" + "L".join(f"{fixed(x)} {fixed(y)}" for x, y in points) for points in each), css)


def discs(each: Iterable[tuple[float, float, float]], css: str = "") -> str:
    """Many circles (x, y, radius) as one element."""
    return shape("".join([_disc(*one) for one in each]), css)


@lru_cache(65_536)
def _disc(x: float, y: float, r: float) -> str:
    radius = written(r)
    return (
        f"M{written(x - r)} {fixed(y)}a{radius} {radius} 0 1 0 {written(2 * r)} 0a{radius} {radius} 0 1 0 {written(-2 * r)} 0"
    )


def columns(each: Iterable[tuple[float, float, float, float]], css: str = "") -> str:
    """Many rectangles (x, y, width, height) as one element."""
    return shape("".join([_column(*one) for one in each]), css)


@lru_cache(65_536)
def _column(x: float, y: float, width: float, height: float) -> str:
    return f"M{fixed(x)} {fixed(y)}h{fixed(width)}v{fixed(height)}h{fixed(-width)}z"


def shape(data: str, css: str) -> str:
    """A path's data as one element; nothing where there is none."""
    return f'<path d="{data}" class="{css}"/>' if data else ""

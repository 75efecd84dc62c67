"""The few SVG elements that the charts are made of."""

from __future__ import annotations

from markupsafe import Markup, escape


def figure(width: float, height: float, label: str, body: str, kind: str) -> Markup:
    """An image of its own size that scales with its card; `label` is what a screen reader says."""
    return Markup(  # noqa: S704 (names are escaped by `text`, the rest is numbers)
        f'<svg class="figure {kind}" viewBox="0 0 {fixed(width)} {fixed(height)}" role="img" aria-label="{escape(label)}">{body}</svg>'
    )


def fixed(value: float) -> str:
    """A coordinate with at most two decimals, the same on every machine."""
    return f"{value:.2f}".rstrip("0").rstrip(".") if value else "0"


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

"""Countries on a map of the world that is drawn from the places of time zones, which every machine has."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from functools import cache
from importlib.resources import files

from markupsafe import Markup

from wrapped_assets.stories.figures import svg

_WIDTH, _HEIGHT = 342.0, 176.0
_NORTH, _SOUTH = 76.0, -56.0  # beyond them live few
_COORDINATES = re.compile(r"([+-]\d{2})(\d{2})(?:\d{2})?([+-]\d{3})(\d{2})(?:\d{2})?")


@cache
def _places() -> tuple[tuple[str, float, float], ...]:
    """Country, x and y of each place in zone.tab of the time zone database; a country's first place stands for it."""
    found = []
    for line in (files("tzdata") / "zoneinfo" / "zone.tab").read_text(encoding="utf-8").splitlines():
        country, _, rest = line.partition("\t")
        if (match := _COORDINATES.match(rest)) and not line.startswith("#"):
            degrees = [math.copysign(abs(int(whole)) + int(minutes) / 60, int(f"{whole}1")) for whole, minutes in _pairs(match)]
            found.append((country, *_across(*degrees)))
    return tuple(found)


def _pairs(match: re.Match[str]) -> list[tuple[str, str]]:
    return [(match[1], match[2]), (match[3], match[4])]


def _across(latitude: float, longitude: float) -> tuple[float, float]:
    return (longitude + 170) % 360 / 360 * _WIDTH, (_NORTH - latitude) / (_NORTH - _SOUTH) * _HEIGHT


@cache
def _land() -> str:
    """All places as faint squares: enough to see the continents."""
    return svg.columns([(x - 1.3, y - 1.3, 2.6, 2.6) for _, x, y in _places() if 0 < y < _HEIGHT], "land")


def world(shares: Sequence[tuple[str, float]], label: str) -> Markup:
    """A disc a country (ISO 3166 alpha-2), its area by its share; a country without a place is left out."""
    where = {country: (x, y) for country, x, y in reversed(_places())}
    most = max((share for _, share in shares), default=0) or 1
    discs = [(*where[country], 4 + 18 * math.sqrt(max(0.0, share) / most)) for country, share in shares if country in where]
    return svg.figure(_WIDTH, _HEIGHT, label, _land() + svg.discs(discs, "people"), "world")

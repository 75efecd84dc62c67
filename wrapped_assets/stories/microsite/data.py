"""What the microsite shows of a year: figures that left through the privacy gate, and nothing that was computed for it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from hashlib import blake2b

from wrapped_assets.vocabulary.rules import Rules


@dataclass(frozen=True)
class Entry:
    """One place in a chart. `listeners` is about how many had the song among their most heard; None in the chart of everybody."""

    place: int
    song: str
    artist: str
    listeners: int | None = None


@dataclass(frozen=True)
class Charts:
    """A delivered release of the charts: the songs of everybody, and of each country (two letters)."""

    songs: tuple[Entry, ...]
    countries: Mapping[str, tuple[Entry, ...]]
    export_id: str


@dataclass(frozen=True)
class Artist:
    """An artist with a song in a chart. The page says what the charts say: places, and no number below their policy's least."""

    name: str
    songs: tuple[Entry, ...]  # of everybody's chart
    countries: Mapping[str, tuple[Entry, ...]]

    @property
    def address(self) -> str:
        """12 hex digits, the same for the same name."""
        return blake2b(self.name.encode(), digest_size=6).hexdigest()


@dataclass(frozen=True)
class SiteYear:
    """One year of the microsite. `minimum_age` and `minimum` are of the charts' policy: the fewest listeners behind a number."""

    year: int
    rules: Rules
    charts: Charts | None = None
    minimum: int = 0
    minimum_age: int = 0

    @cached_property
    def artists(self) -> dict[str, Artist]:
        """Every artist that has a page, by its address, in the order of their names."""
        if self.charts is None:
            return {}
        found: dict[str, dict[str, list[Entry]]] = defaultdict(lambda: defaultdict(list))
        for country, entries in sorted(self.charts.countries.items()):
            for entry in entries:
                found[entry.artist][country].append(entry)
        of_everybody = defaultdict[str, list[Entry]](list)
        for entry in self.charts.songs:
            of_everybody[entry.artist].append(entry)
        made = [
            Artist(name, tuple(of_everybody[name]), {country: tuple(entries) for country, entries in found[name].items()})
            for name in sorted({*found, *of_everybody}, key=lambda each: (each.casefold(), each))
        ]
        return {each.address: each for each in made}


@dataclass(frozen=True)
class Site:
    """What all pages share: the years that were launched, newest first, who answers for them, and where the site is."""

    years: tuple[SiteYear, ...]
    controller: str = ""
    contact: str = ""
    url: str = ""  # with a scheme and without a slash at the end; "" where nobody said it

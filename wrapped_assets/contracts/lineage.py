"""Which asset reads which: the graph that planning needs, by names alone. Nothing here loads an asset's code."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from wrapped_assets.contracts.asset import OF_SPAN
from wrapped_assets.contracts.errors import InputError

if TYPE_CHECKING:
    from wrapped_assets.contracts.asset import Declaration, Read
    from wrapped_assets.vocabulary.periods import CellKind

# The tables of a catalogue; `contracts.known` has their columns.
KNOWN_TABLES = ("known_artists", "known_release_groups", "known_recordings", "known_genres", "known_places")

# Inputs that no function computes: landed data, and the registry's data about people. Column names are the lake's.
EXTERNALS: dict[str, str] = {
    "landed_plays": "sources/landed_plays",
    "landed_tracks": "sources/landed_tracks",
    "links": "sources/links",
    "listeners": "registry/listeners",
    "exclusions": "registry/exclusions",
    "profiles": "registry/profiles",
    "groups": "registry/groups",
    **{name: f"sources/{name}" for name in KNOWN_TABLES},
}
# Inputs with yearly partitions; the others are monthly. The catalogue and the groups have no buckets.
YEARLY = frozenset(EXTERNALS[name] for name in ("profiles", "groups", *KNOWN_TABLES))
WITHOUT_PLAYS = YEARLY | {EXTERNALS[name] for name in ("listeners", "exclusions", "links")}  # say nothing of plays
WITHOUT_BUCKETS = YEARLY - {EXTERNALS["profiles"]}


@dataclass(frozen=True)
class Outline:
    """What planning needs of a declaration; kept between commands, so that a plan loads no declaration (`building/known_code.py`)."""

    key: str
    name: str
    kind: CellKind
    reads: tuple[Read, ...]
    rules: frozenset[str]
    freezes: bool
    column_names: tuple[str, ...]
    order: tuple[str, ...]
    year: str = ""


@dataclass(frozen=True)
class Graph:
    """Declarations by key, ordered so that inputs come before the assets that read them."""

    by_key: Mapping[str, Declaration]  # or outlines, where only plans are made
    keys: Mapping[str, str]  # name → key, externals included

    def key_of(self, name: str) -> str:
        return self.keys[name]

    def inputs(self, declaration: Declaration) -> list[tuple[str, Read]]:
        """The inputs of an asset as (key, read), in the order of the function's parameters."""
        return [(self.keys[read.asset], read) for read in declaration.reads]

    def find(self, text: str) -> Declaration:
        """The asset called `layer/name` or `name`. InputError, which lists the known assets, if there is none."""
        key = text if text in self.by_key else self.keys.get(text, "")
        if key not in self.by_key:
            raise InputError(f"unknown asset {text!r}; known are {', '.join(self.by_key)}")
        return self.by_key[key]

    @cached_property
    def stages(self) -> Mapping[str, int]:
        """The stage of each yearly asset: how many times all buckets must finish first. Even: per bucket; odd: over all buckets."""
        found: dict[str, int] = {}
        for key, declaration in self.by_key.items():  # inputs come first
            over_all = declaration.kind == "year"
            least = int(over_all)
            for source, _ in self.inputs(declaration):
                if source in found and source != key and self.by_key[source].kind != "month_bucket":
                    least = max(least, found[source] + ((self.by_key[source].kind == "year") != over_all))
            found[key] = least
        return found

    @cached_property
    def of_spans(self) -> tuple[str, ...]:
        """The assets of spans that a story or playlist is told by, and what these read of the same span."""
        return self._of_same_span([key for key, found in self.by_key.items() if found.year.startswith(("insights/", "playlists/"))])

    @cached_property
    def of_earlier_months(self) -> tuple[str, ...]:
        """The histories that a span reads of the months of its first year before it, and what these read of those months."""
        reads = [read for found in self.by_key.values() if found.kind == "span_bucket" for read in found.reads]
        histories = dict.fromkeys(read.asset for read in reads if read.window != "period")
        return self._of_same_span([self.keys[f"{name}{OF_SPAN}"] for name in histories])

    def _of_same_span(self, keys: list[str]) -> tuple[str, ...]:
        found = dict.fromkeys(keys)
        for key in (waiting := list(found)):  # grows
            for source, _ in self.inputs(self.by_key[key]):
                if source not in found and source in self.by_key and self.by_key[source].kind == "span_bucket":
                    found[source] = None
                    waiting.append(source)
        return tuple(key for key in self.by_key if key in found)

    def downstream(self, key: str) -> set[str]:
        """Every asset that reads this one, directly or indirectly."""
        found: set[str] = set()
        for candidate, declaration in self.by_key.items():  # topological order: one pass suffices
            if any(source == key or source in found for source, _ in self.inputs(declaration) if source != candidate):
                found.add(candidate)
        return found

    def upstream(self, key: str) -> set[str]:
        """Every asset that this one reads, directly or indirectly."""
        found: set[str] = set()
        waiting = [key]
        while waiting:
            for source, _ in self.inputs(self.by_key[waiting.pop()]):
                if source in self.by_key and source not in found and source != key:
                    found.add(source)
                    waiting.append(source)
        return found

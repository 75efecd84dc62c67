"""The graph of all declarations: who reads whom, in which order they are computed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from graphlib import CycleError, TopologicalSorter

from wrapped_assets.contracts.declaration import Declaration, Read
from wrapped_assets.contracts.discovery import declared_in
from wrapped_assets.contracts.errors import DeclarationError, InputError
from wrapped_assets.contracts.known import KNOWN

PACKAGES = ("catalogue", "listens", "aggregates", "insights", "playlists")

# Inputs that no function makes: what was landed, and what the registry says of people. Column names are the lake's.
EXTERNALS: dict[str, str] = {
    "landed_plays": "sources/landed_plays",
    "landed_tracks": "sources/landed_tracks",
    "listeners": "registry/listeners",
    "exclusions": "registry/exclusions",
    "profiles": "registry/profiles",
    "groups": "registry/groups",
    **{name: f"sources/{name}" for name in KNOWN},
}
# Those that are given by the year; the others by the month. What is known of music and who is in a group has no buckets.
YEARLY = frozenset(EXTERNALS[name] for name in ("profiles", "groups", *KNOWN))
WITHOUT_BUCKETS = YEARLY - {EXTERNALS["profiles"]}


@dataclass(frozen=True)
class Graph:
    """Declarations by key, in an order in which every input comes before what reads it."""

    by_key: Mapping[str, Declaration]
    keys: Mapping[str, str]  # name → key, externals included

    def key_of(self, name: str) -> str:
        return self.keys[name]

    def inputs(self, declaration: Declaration) -> list[tuple[str, Read]]:
        """(key, read) of each input, in the order of the function's parameters."""
        return [(self.keys[read.asset], read) for read in declaration.reads]

    def find(self, text: str) -> Declaration:
        """The asset spelled `layer/name` or `name`; InputError with what there is."""
        key = text if text in self.by_key else self.keys.get(text, "")
        if key not in self.by_key:
            raise InputError(f"unknown asset {text!r}; known are {', '.join(self.by_key)}")
        return self.by_key[key]

    @cached_property
    def stages(self) -> Mapping[str, int]:
        """Of each yearly asset: how often all buckets must be done before it can be. Even: by bucket; odd: over all of them."""
        found: dict[str, int] = {}
        for key, declaration in self.by_key.items():  # inputs come first
            over_all = declaration.kind == "year"
            least = int(over_all)
            for source, _ in self.inputs(declaration):
                if source in found and source != key and self.by_key[source].kind != "month_bucket":
                    least = max(least, found[source] + ((self.by_key[source].kind == "year") != over_all))
            found[key] = least
        return found

    def downstream(self, key: str) -> set[str]:
        """Every asset that reads this one, directly or not."""
        found: set[str] = set()
        for candidate, declaration in self.by_key.items():  # topological order: one pass suffices
            if any(source == key or source in found for source, _ in self.inputs(declaration) if source != candidate):
                found.add(candidate)
        return found

    def upstream(self, key: str) -> set[str]:
        """Every asset that this one reads, directly or not."""
        found: set[str] = set()
        waiting = [key]
        while waiting:
            for source, _ in self.inputs(self.by_key[waiting.pop()]):
                if source in self.by_key and source not in found and source != key:
                    found.add(source)
                    waiting.append(source)
        return found


def graph_of(declarations: Iterable[Declaration]) -> Graph:
    """The graph; DeclarationError for two assets of a name, an input that does not exist, a column it lacks, a circle."""
    by_name: dict[str, Declaration] = {}
    for declaration in declarations:
        if declaration.name in by_name or declaration.name in EXTERNALS:
            raise DeclarationError(f"two assets are called {declaration.name!r}; rename one: a name is the noun that the function makes")
        by_name[declaration.name] = declaration
    keys = {**EXTERNALS, **{name: declaration.key for name, declaration in by_name.items()}}
    sorter: TopologicalSorter[str] = TopologicalSorter()
    for name, declaration in sorted(by_name.items()):
        sorter.add(name)
        for read in declaration.reads:
            if read.asset not in keys:
                raise DeclarationError(f"{declaration.key} reads {read.asset!r}, which does not exist; known are {', '.join(sorted(keys))}")
            if read.asset in EXTERNALS:
                _check_external(declaration, read)
            else:
                _check_read(declaration, read, by_name[read.asset])
                if read.asset != name:
                    sorter.add(name, read.asset)
    try:
        order = list(sorter.static_order())
    except CycleError as error:
        raise DeclarationError(f"assets read each other in a circle: {' → '.join(error.args[1])}; break it at one of them") from None
    return Graph({by_name[name].key: by_name[name] for name in order}, keys)


def _check_external(reader: Declaration, read: Read) -> None:
    is_yearly = EXTERNALS[read.asset] in YEARLY
    if is_yearly == (reader.kind == "month_bucket"):
        given, wanted = ("year", "month") if is_yearly else ("month", "year")
        raise DeclarationError(f"{reader.key} is computed by the {wanted} and reads {read.asset!r}, which is given by the {given}")


def _check_read(reader: Declaration, read: Read, source: Declaration) -> None:
    if missing := [name for name in read.columns if name not in source.schema]:
        raise DeclarationError(f"{reader.key} reads {missing} of {source.key}, which has {list(source.schema)}")
    if read.asset == reader.name and read.window != "previous_year":
        raise DeclarationError(f"{reader.key} reads itself; only its own previous year can be read: ([…], 'previous_year')")
    if reader.kind == "month_bucket" and source.kind != "month_bucket":
        raise DeclarationError(f"{reader.key} is monthly and reads {source.key}, which is yearly; a month cannot wait for its year")


@cache
def project_graph() -> Graph:
    """The graph of everything that the package declares."""
    return graph_of(found for package in PACKAGES for found in declared_in(f"wrapped_assets.{package}", Declaration))

"""The graph of all declarations: which asset reads which, and the order of computation."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache, cached_property
from graphlib import CycleError, TopologicalSorter

from wrapped_assets.contracts.declaration import Declaration, Read
from wrapped_assets.contracts.discovery import assets_in
from wrapped_assets.contracts.errors import DeclarationError, InputError
from wrapped_assets.contracts.known import KNOWN, known_schema
from wrapped_assets.contracts.places import place_of
from wrapped_assets.vocabulary import columns as c

PACKAGES = ("catalogue", "listens", "aggregates", "insights", "playlists")

# Inputs that no function computes: landed data, and the registry's data about people. Column names are the lake's.
EXTERNALS: dict[str, str] = {
    "landed_plays": "sources/landed_plays",
    "landed_tracks": "sources/landed_tracks",
    "links": "sources/links",
    "listeners": "registry/listeners",
    "exclusions": "registry/exclusions",
    "profiles": "registry/profiles",
    "groups": "registry/groups",
    **{name: f"sources/{name}" for name in KNOWN},
}
# Their columns, except for landed files, whose columns `sources` defines.
EXTERNAL_COLUMNS: dict[str, frozenset[str]] = {
    "profiles": frozenset(column.name for column in c.PROFILE),
    "groups": frozenset(column.name for column in (c.group_id, c.listener_id)),
    "listeners": frozenset(column.name for column in (c.listener_id, c.time_zone)),
    "exclusions": frozenset(column.name for column in (c.listener_id, c.exclusion_kind, c.target_id)),
    **{name: frozenset(known_schema(name)) for name in KNOWN},
}
# Inputs with yearly partitions; the others are monthly. The catalogue and the groups have no buckets.
YEARLY = frozenset(EXTERNALS[name] for name in ("profiles", "groups", *KNOWN))
WITHOUT_BUCKETS = YEARLY - {EXTERNALS["profiles"]}


@dataclass(frozen=True)
class Graph:
    """Declarations by key, ordered so that inputs come before the assets that read them."""

    by_key: Mapping[str, Declaration]
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


def graph_of(declarations: Iterable[Declaration]) -> Graph:
    """Builds the graph. DeclarationError for duplicate names, a missing input or column, or a circle."""
    by_name: dict[str, Declaration] = {}
    for declaration in declarations:
        other = by_name.setdefault(declaration.name, declaration)
        if other is not declaration or declaration.name in EXTERNALS:
            elsewhere = EXTERNALS.get(declaration.name) or f"{other.key} at {place_of(other.function)}"
            raise _fault(declaration, "", "", f"two assets are called {declaration.name!r}; the other is {elsewhere}: rename one")
    keys = {**EXTERNALS, **{name: declaration.key for name, declaration in by_name.items()}}
    sorter: TopologicalSorter[str] = TopologicalSorter()
    for name, declaration in sorted(by_name.items()):
        sorter.add(name)
        for read in declaration.reads:
            if read.asset not in keys:
                raise _fault(declaration, "reads", read.asset, f"reads {read.asset!r}, which does not exist; {_known(read.asset, keys)}")
            if read.asset in EXTERNALS:
                _check_external(declaration, read)
            else:
                _check_read(declaration, read, by_name[read.asset])
                if read.asset != name:
                    sorter.add(name, read.asset)
    try:
        order = list(sorter.static_order())
    except CycleError as error:
        path = error.args[1]
        places = ", ".join(place_of(by_name[name].function, "reads") for name in dict.fromkeys(path))
        raise DeclarationError(f"assets read each other in a circle: {' → '.join(path)}; break it at one of {places}") from None
    return Graph({by_name[name].key: by_name[name] for name in order}, keys)


def _fault(declaration: Declaration, keyword: str, item: str, message: str) -> DeclarationError:
    return DeclarationError(f"{place_of(declaration.function, keyword, item)}: {declaration.key}: {message}")


def _known(name: str, keys: Mapping[str, str]) -> str:
    guess = next(iter(get_close_matches(name, keys, 1)), "")
    return (f"did you mean {guess!r}? " if guess else "") + f"known are {', '.join(sorted(keys))}"


def _check_external(reader: Declaration, read: Read) -> None:
    is_yearly = EXTERNALS[read.asset] in YEARLY
    if is_yearly == (reader.kind == "month_bucket"):
        given, wanted = ("year", "month") if is_yearly else ("month", "year")
        fault = f"is computed by the {wanted} and reads {read.asset!r}, which is given by the {given}"
        raise _fault(reader, "reads", read.asset, f"{fault}; read an asset that is computed by the {wanted}")
    _check_columns(reader, read, EXTERNALS[read.asset], EXTERNAL_COLUMNS.get(read.asset, frozenset(read.columns)))


def _check_columns(reader: Declaration, read: Read, source: str, columns: Collection[str]) -> None:
    if missing := [name for name in read.columns if name not in columns]:
        raise _fault(
            reader, "reads", missing[0],
            f"reads {', '.join(missing)} of {source}, which has {', '.join(columns)}; read one of those, or another asset",
        )  # fmt: skip


def _check_read(reader: Declaration, read: Read, source: Declaration) -> None:
    _check_columns(reader, read, source.key, list(source.schema))
    if read.asset == reader.name and read.window != "previous_year":
        raise _fault(reader, "reads", read.asset, "reads itself; only its own previous year can be read: ([…], 'previous_year')")
    if reader.kind == "month_bucket" and source.kind != "month_bucket":
        fault = f"is monthly and reads {source.key}, which is yearly; a month cannot wait for its year"
        raise _fault(reader, "reads", read.asset, f"{fault}: read a monthly asset")


@cache
def project_graph() -> Graph:
    """The graph of everything that the package declares."""
    return graph_of(found for package in PACKAGES for found in assets_in(f"wrapped_assets.{package}"))

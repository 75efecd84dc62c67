"""Builds the graph of all declarations and checks what they read of each other."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from difflib import get_close_matches
from functools import cache
from graphlib import CycleError, TopologicalSorter

from wrapped_assets.contracts.declaration import Declaration, Read
from wrapped_assets.contracts.discovery import assets_in
from wrapped_assets.contracts.errors import DeclarationError
from wrapped_assets.contracts.known import KNOWN, known_schema
from wrapped_assets.contracts.lineage import EXTERNALS, WITHOUT_BUCKETS, YEARLY, Graph
from wrapped_assets.contracts.places import place_of
from wrapped_assets.contracts.spans import spans_of
from wrapped_assets.vocabulary import columns as c

__all__ = ["EXTERNALS", "EXTERNAL_COLUMNS", "PACKAGES", "WITHOUT_BUCKETS", "YEARLY", "Graph", "graph_of", "project_graph", "whole_graph"]

PACKAGES = ("catalogue", "listens", "aggregates", "insights", "playlists")

# Their columns, except for landed files, whose columns `sources` defines.
EXTERNAL_COLUMNS: dict[str, frozenset[str]] = {
    "profiles": frozenset(column.name for column in c.PROFILE),
    "groups": frozenset(column.name for column in (c.group_id, c.listener_id)),
    "listeners": frozenset(column.name for column in (c.listener_id, c.time_zone)),
    "exclusions": frozenset(column.name for column in (c.listener_id, c.exclusion_kind, c.target_id)),
    **{name: frozenset(known_schema(name)) for name in KNOWN},
}


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
    if read.asset == reader.name and read.window not in ("previous_year", "latest_year_before"):
        wanted = "only its own earlier years can be read: ([…], 'latest_year_before') or ([…], 'previous_year')"
        raise _fault(reader, "reads", read.asset, f"reads itself; {wanted}")
    if reader.kind == "month_bucket" and source.kind != "month_bucket":
        fault = f"is monthly and reads {source.key}, which is yearly; a month cannot wait for its year"
        raise _fault(reader, "reads", read.asset, f"{fault}: read a monthly asset")


@cache
def project_graph() -> Graph:
    """The graph of everything that the package declares."""
    return graph_of(found for package in PACKAGES for found in assets_in(f"wrapped_assets.{package}"))


@cache
def whole_graph() -> Graph:
    """The same with the assets of spans, which are derived from those of years."""
    declared = project_graph().by_key.values()
    return graph_of([*declared, *spans_of(declared)])

"""Every export there is, found in this package: a file here with an `Export`, and a policy of its name."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

from wrapped_assets.contracts.discovery import declared_in
from wrapped_assets.contracts.errors import DeclarationError, InputError
from wrapped_assets.contracts.graph import EXTERNAL_COLUMNS, EXTERNALS, Graph, project_graph
from wrapped_assets.contracts.places import line_of
from wrapped_assets.privacy.export import Export
from wrapped_assets.privacy.policy import export_names


@cache
def all_exports() -> dict[str, Export]:
    """Exports by name, ordered; DeclarationError where one breaks a law, such as to read a column that no asset has."""
    found: dict[str, Export] = {}
    for export in declared_in("wrapped_assets.exports", Export):
        for fault in _faults(export, project_graph()):
            raise DeclarationError(f"{line_of(export.produce)}: the export {export.name!r}: {fault}")
        if found.setdefault(export.name, export) is not export:
            raise DeclarationError(f"{line_of(export.produce)}: two exports are called {export.name!r}; rename one")
    return dict(sorted(found.items()))


def export_named(name: str) -> Export:
    """The export of that name; InputError says which there are."""
    known = all_exports()
    if name not in known:
        raise InputError(f"unknown export {name!r}; known are {', '.join(known)}")
    return known[name]


def _faults(export: Export, graph: Graph) -> Iterator[str]:
    for attribute, parameters in (("produce", "(snapshot, draws)"), ("faults", "(tables, policy)")):
        if not callable(getattr(export, attribute)):
            yield f"{attribute} must be a function {parameters}, got a {type(getattr(export, attribute)).__name__}"
    if export.name not in export_names():
        yield f"it has no policy; write exports/policies/{export.name}.yaml, have it reviewed, and pin its hash in pins.json"
    columns = {key: EXTERNAL_COLUMNS.get(name) for name, key in EXTERNALS.items()}
    columns |= {key: frozenset(asset.schema) for key, asset in graph.by_key.items()}
    for asset, names in export.reads.items():
        if asset not in columns:
            yield f"it reads {asset!r}, which does not exist; write layer/name, such as 'aggregates/artist_years'"
        elif missing := sorted(set(names) - (columns[asset] or set(names))):
            yield f"it reads {', '.join(missing)} of {asset}, which has {', '.join(sorted(columns[asset] or ()))}"

"""What plans need to know of the project's code, kept between commands, so that a plan that finds nothing to do loads no asset.

It is the graph by names, the fingerprint of every asset, the hash of every importer, and that of the code that links. All of it follows
from the project's sources, Python and the libraries, so a hash of these (`planning/state.py`) names the file in which it is kept.

Two rules keep it sound. A process that has loaded assets speaks of those alone, whatever is kept. And a process that found nothing kept
loads the very texts that it hashed (`planning/loaded.py`), so what it keeps is true of the name that it keeps it under.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any

from wrapped_assets.building.kept import keep, taken
from wrapped_assets.contracts.asset import Read
from wrapped_assets.contracts.lineage import Graph, Outline
from wrapped_assets.planning.loaded import PACKAGES
from wrapped_assets.planning.state import state

_FORM = "2"  # of what is kept


@dataclass(frozen=True)
class KnownCode:
    """`graph` holds declarations where they are loaded, otherwise their outlines."""

    graph: Graph
    logic: Mapping[str, str]  # asset key → fingerprint
    importers: Mapping[str, str]  # input format → hash of the code that imports it
    linking: str
    name: str = ""  # of the state of the sources; none where assets are loaded, for they may be others than the sources say


def known_code() -> KnownCode:
    """Of the project's code as it is now. DeclarationError where it breaks a rule."""
    if "wrapped_assets.contracts.declaration" in sys.modules or {"wrapped_assets"} != PACKAGES:
        return _worked_out()
    try:
        name = f"{state(_FORM)}.code"
    except OSError:  # a source that cannot be read: loading it says which
        return _worked_out()
    document = taken(name)
    if document is None:
        found = replace(_worked_out(), name=name)
        keep(name, _written(found))
        return found
    return _read(document, name)


def _worked_out() -> KnownCode:
    from wrapped_assets.building.linking import linking_logic
    from wrapped_assets.building.logics import importers, parts_of
    from wrapped_assets.contracts.graph import whole_graph
    from wrapped_assets.planning.fingerprint import fingerprint_of

    graph = whole_graph()
    logic = {key: fingerprint_of(parts) for key, parts in parts_of(graph.by_key.values()).items()}
    return KnownCode(graph, logic, importers(), linking_logic())


def _written(known: KnownCode) -> dict[str, Any]:
    outlines = [
        Outline(
            each.key, each.name, each.kind, each.reads, frozenset(each.rules), each.freezes, each.column_names, each.order,
            each.year,
        )
        for each in known.graph.by_key.values()
    ]  # fmt: skip
    return {
        "assets": [{**asdict(outline), "rules": sorted(outline.rules)} for outline in outlines],
        "keys": dict(known.graph.keys),
        "logic": dict(known.logic),
        "importers": dict(known.importers),
        "linking": known.linking,
    }


def _read(document: dict[str, Any], name: str) -> KnownCode:
    outlines = [
        Outline(
            each["key"], each["name"], each["kind"],
            tuple(Read(read["asset"], tuple(read["columns"]), read["window"]) for read in each["reads"]),
            frozenset(each["rules"]), each["freezes"], tuple(each["column_names"]), tuple(each["order"]), each["year"],
        )
        for each in document["assets"]
    ]  # fmt: skip
    graph = Graph({outline.key: outline for outline in outlines}, document["keys"])
    return KnownCode(graph, document["logic"], document["importers"], document["linking"], name)

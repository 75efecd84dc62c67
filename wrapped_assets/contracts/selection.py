"""Reads a selection of assets, such as `insights/*,top_artists+`: names, layers, and what is up or down the stream of them."""

from __future__ import annotations

from wrapped_assets.contracts.errors import InputError
from wrapped_assets.contracts.lineage import Graph


def selected_assets(graph: Graph, selection: str) -> set[str]:
    """The keys of the assets that `--select` names; InputError for an unknown name."""
    found: set[str] = set()
    for term in filter(None, (part.strip() for part in selection.split(","))):
        bare = term.strip("+")
        if bare.endswith("/*"):
            keys = {key for key in graph.by_key if key.startswith(bare[:-1])}
            if not keys:
                raise InputError(
                    f"no asset in the layer {bare[:-2]!r}; layers are {', '.join(sorted({key.partition('/')[0] for key in graph.by_key}))}"
                )
        else:
            keys = {graph.find(bare).key}
        found |= keys
        for key in keys:
            found |= graph.upstream(key) if term.startswith("+") else set()
            found |= graph.downstream(key) if term.endswith("+") else set()
    return found

"""The groups in which the UI draws assets: in the order of the flow, by layer and chapter, each small enough to be read at once."""

from collections.abc import Iterator, Mapping

from wrapped_assets.contracts.declaration import Declaration
from wrapped_assets.contracts.graph import Graph

MOST = 12  # assets of a group; what a chapter has more goes on in a second one
FLOW = ("sources", "registry", "catalogue", "listens", "months", "years", "population", "insights", "playlists", "editions", "exports")


def numbered(name: str) -> str:
    """A group's name, with its place in the flow in front: the UI sorts groups by name."""
    return f"{FLOW.index(name.partition('_')[0]) + 1:02}_{name}"


def groups_of(graph: Graph) -> dict[str, str]:
    """Asset → group. Aggregates go by period, insights by chapter, and what is too much for one group by the order of the graph."""
    members: dict[str, list[str]] = {}
    for key, declaration in graph.by_key.items():  # inputs first
        members.setdefault(_name(declaration), []).append(key)
    return dict(_placed(members))


def _name(declaration: Declaration) -> str:
    if declaration.layer == "aggregates":
        return "months" if declaration.kind == "month_bucket" else "years"
    return f"insights_{declaration.chapter}" if declaration.layer == "insights" else declaration.layer


def _placed(members: Mapping[str, list[str]]) -> Iterator[tuple[str, str]]:
    for name, keys in members.items():
        parts = -(-len(keys) // MOST)
        for place, key in enumerate(keys):
            part = place * parts // len(keys) + 1
            yield key, numbered(name) + (f"_{part}" if parts > 1 else "")

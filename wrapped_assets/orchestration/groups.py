"""The groups in which the UI draws assets: in the order of the flow, by layer and chapter, each small enough to be read at once."""

from collections.abc import Iterator, Mapping

from wrapped_assets.contracts.declaration import Declaration
from wrapped_assets.contracts.graph import Graph

MOST = 12  # assets of a group; what a chapter has more goes on in a second one
FLOW = (
    "sources", "registry", "catalogue", "listens", "months", "years", "population", "insights", "playlists", "editions", "exports", "spans",
)  # fmt: skip


def numbered(place: str, name: str = "") -> str:
    """A group's name, with the number of its place in the flow in front: the UI sorts groups by name, and shows fifteen letters of it."""
    return f"{FLOW.index(place) + 1:02}_{name or place}"


def groups_of(graph: Graph) -> dict[str, str]:
    """Asset → group. Aggregates go by period, insights by chapter, and what is too much for one group by the order of the graph."""
    members: dict[str, list[str]] = {}
    for key, declaration in graph.by_key.items():  # inputs first
        members.setdefault(numbered(*_name(declaration)), []).append(key)
    return dict(_placed(members))


def _name(declaration: Declaration) -> tuple[str, str]:
    """The place in the flow, and the chapter of an insight."""
    if declaration.layer == "aggregates":
        return ("months" if declaration.kind == "month_bucket" else "years"), ""
    return declaration.layer, declaration.chapter if declaration.layer == "insights" else ""


def _placed(members: Mapping[str, list[str]]) -> Iterator[tuple[str, str]]:
    for name, keys in members.items():
        parts = -(-len(keys) // MOST)
        for place, key in enumerate(keys):
            yield key, name + (f"_{place * parts // len(keys) + 1}" if parts > 1 else "")

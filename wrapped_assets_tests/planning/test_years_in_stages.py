"""Figures over all listeners, and what compares a listener with them: the order of a year, what is given by the year, and freezing."""

from __future__ import annotations

import pytest

from wrapped_assets.contracts.declaration import Read
from wrapped_assets.contracts.graph import Graph, graph_of
from wrapped_assets.planning.expected import expected_cells
from wrapped_assets.planning.plan import make_plan
from wrapped_assets.planning.situation import NO_BUCKET
from wrapped_assets.vocabulary.periods import Cell
from wrapped_assets_tests.planning.situations import World, asset, landed, layered, read, relogged

PROFILES, KNOWN = "registry/profiles", "sources/known_places"


def staged() -> Graph:
    """Listeners' totals → everyone → ranks → the median of ranks → a type; beside them what profiles and a catalogue say."""
    more = [
        asset("ranks", read("totals", "listen_count"), read("everyone", "listen_count"), kind="year_bucket"),
        asset("median", read("ranks", "listen_count"), kind="year"),
        asset("type", read("ranks", "listen_count"), read("median", "listen_count"), kind="year_bucket"),
        asset("homes", read("totals", "listen_count"), Read("profiles", ("listener_id", "country")), kind="year_bucket"),
        asset("towns", read("homes", "listen_count"), Read("known_places", ("place_name", "country")), kind="year"),
    ]
    return graph_of([*layered().by_key.values(), *more])


GIVEN = {
    **{(PROFILES, "2025", bucket): {"listener_id": "l", "country": "c", "is_findable": "f"} for bucket in (0, 1)},
    (KNOWN, "2025", NO_BUCKET): {"place_name": "p", "country": "c", "inhabitants": "i"},
}


@pytest.fixture
def world() -> World:
    found = World(staged(), landed("2025-05") | GIVEN)
    found.build()
    return found


def test_a_year_goes_from_buckets_to_all_and_back_as_often_as_assets_ask() -> None:
    stages = staged().stages
    names = {key.rpartition("/")[2]: stage for key, stage in stages.items()}
    assert [names[name] for name in ("totals", "everyone", "ranks", "median", "type", "homes", "towns")] == [0, 1, 2, 3, 4, 0, 1]


def test_every_input_comes_before_what_reads_it() -> None:
    graph, given = staged(), landed("2024-05", "2025-05") | GIVEN
    cells = expected_cells(graph, given)
    place = {cell: number for number, cell in enumerate(cells)}
    situation = World(graph, given).situation()
    for cell in cells:
        sources = [source for _, _, source, _ in situation.inputs_of(cell) if source is not None]
        assert all(place[source] < place[cell] for source in sources), cell
    assert len(cells) == len(place)


def test_what_a_bucket_reads_of_all_is_one_cell_and_what_all_read_of_buckets_is_each(world: World) -> None:
    situation = world.situation()
    read_by_ranks = {str(source) for _, _, source, _ in situation.inputs_of(Cell("insights/ranks", "2025", 1))}
    assert read_by_ranks == {"insights/totals 2025|b001", "population/everyone 2025"}
    read_by_median = {str(source) for _, _, source, _ in situation.inputs_of(Cell("population/median", "2025", None))}
    assert read_by_median == {"insights/ranks 2025|b000", "insights/ranks 2025|b001"}


@pytest.mark.parametrize(
    ("key", "column", "touched"),
    [
        ((PROFILES, "2025", 0), "country", {"insights/homes 2025|b000"}),
        ((PROFILES, "2025", 0), "is_findable", set()),
        ((KNOWN, "2025", NO_BUCKET), "country", {"population/towns 2025"}),
        ((KNOWN, "2025", NO_BUCKET), "inhabitants", set()),
    ],
)
def test_only_what_reads_a_column_of_what_is_given_by_the_year_becomes_stale(
    world: World, key: tuple[str, str, int], column: str, touched: set[str]
) -> None:
    world.landed = {**world.landed, key: world.landed[key] | {column: "changed"}}
    assert {str(cell) for cell, reason in world.stale().items() if reason == "data"} == touched


def test_late_data_restates_no_frozen_population_and_only_the_late_bucket(world: World) -> None:
    world.frozen = frozenset({2025})
    world.landed = {**world.landed, ("sources/landed_plays", "2025-05", 1): {"whole": "late", "head": "late", "tail": "late"}}
    computed = world.build()
    assert {cell.bucket for cell in computed} == {1}
    assert Cell("insights/ranks", "2025", 1) in computed
    assert world.stale() == {}


def test_a_thawed_population_catches_up(world: World) -> None:
    world.frozen = frozenset({2025})
    world.landed = {**world.landed, ("sources/landed_plays", "2025-05", 1): {"whole": "late", "head": "late", "tail": "late"}}
    world.build()
    world.frozen = frozenset()
    assert Cell("population/everyone", "2025", None) in world.stale()


def test_new_logic_restates_a_frozen_population(world: World) -> None:
    world.frozen = frozenset({2025})
    world.graph = relogged(world.graph, "population/everyone")
    world.logic["population/everyone"] = "second"
    assert world.stale()[Cell("population/everyone", "2025", None)] == "logic"


def test_computing_everything_again_leaves_frozen_populations_alone(world: World) -> None:
    world.frozen = frozenset({2025})
    steps = {step.cell for step in make_plan(world.situation(), full=True).steps}
    assert {cell for cell in expected_cells(world.graph, world.landed) if cell not in steps} == {
        Cell("population/everyone", "2025", None), Cell("population/median", "2025", None), Cell("population/towns", "2025", None),
    }  # fmt: skip

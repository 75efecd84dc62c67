"""Laws of planning over random edits: whatever a cell reads changed ⇒ stale; nothing it reads changed ⇒ fresh; nothing twice."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from wrapped_assets.contracts.graph import graph_of
from wrapped_assets.vocabulary.periods import Cell, Month
from wrapped_assets.vocabulary.rules import Rules
from wrapped_assets_tests.planning.situations import PLAYS, World, asset, landed, layered, read

MONTHS = ["2023-12", "2024-01", "2025-06", "2025-07", "2026-01"]
SO_FAR = asset("so_far", read("days", "play_count"), read("so_far", "play_count", window="latest_year_before"), kind="year")
GROWN = asset("grown", read("days", "play_count"), read("totals", "listen_count", window="previous_year"), kind="year_bucket")
GRAPH = graph_of([*layered().by_key.values(), SO_FAR, GROWN])

logic_edits = st.tuples(st.just("logic"), st.sampled_from(sorted(GRAPH.by_key)), st.sampled_from("abc"))
data_edits = st.tuples(
    st.just("data"), st.sampled_from(MONTHS), st.integers(0, 1), st.sampled_from(["whole", "head", "tail"]), st.sampled_from("xyz")
)
rule_edits = st.tuples(st.just("rules"), st.integers(2023, 2026), st.integers(1, 28))
value_edits = st.tuples(
    st.just("values"), st.sampled_from(sorted(GRAPH.by_key)), st.sampled_from(["listen_count", "play_count"]), st.sampled_from("pq")
)
new_edits = st.tuples(st.just("new"), st.sampled_from(["2024-02", "2025-05", "2026-12", "2028-03"]), st.integers(0, 1))
lost_edits = st.tuples(st.just("lost"), st.sampled_from([*MONTHS, "2024-02", "2026-12"]), st.integers(0, 1))
edits = st.lists(st.lists(st.one_of(logic_edits, data_edits, rule_edits, value_edits, new_edits, lost_edits), max_size=3), max_size=4)


def results_of(world: World, key: str) -> str:
    """What distinguishes an asset's results: two logics of one name never give two results."""
    return "".join(f"{column}{digest}" for (asset, column), digest in sorted(world.values.items()) if asset == key)


def apply(world: World, edit: tuple[Any, ...]) -> None:
    match edit:
        case ("logic", key, version):
            world.logic[key] = version + results_of(world, key)
        case ("data", month, bucket, part, digest) if (PLAYS, month, bucket) in world.landed:
            world.landed[PLAYS, month, bucket] = {**world.landed[PLAYS, month, bucket], part: digest, "whole": digest + part}
        case ("rules", year, day):
            world.until = {**world.until, year: date(year, 12, day)}
        case ("values", key, column, digest):
            world.values[key, column] = digest
            world.logic[key] = f"{world.logic.get(key, '')[:1]}{results_of(world, key)}"  # another result needs other logic
        case ("new", month, bucket):
            world.landed.update(landed(month, buckets=(bucket,)))
        case ("lost", month, bucket):
            world.landed.pop((PLAYS, month, bucket), None)


@settings(max_examples=40, deadline=None)
@given(edits)
def test_any_sequence_of_edits_and_builds_ends_where_a_build_from_nothing_does(rounds: list[list[tuple[Any, ...]]]) -> None:
    world = World(GRAPH, landed(*MONTHS))
    for round_ in rounds:
        for edit in round_:
            apply(world, edit)
        world.build()
        assert world.stale() == {}
    world.build()
    afresh = World(GRAPH, world.landed, dict(world.logic), dict(world.values), until=world.until)
    afresh.build()
    expected = world.situation().expected()
    assert {cell: world.stored[cell].column_hashes for cell in expected} == {cell: afresh.stored[cell].column_hashes for cell in expected}


@settings(max_examples=40, deadline=None)
@given(edits)
def test_a_cell_is_computed_only_where_its_logic_rules_or_read_columns_changed(rounds: list[list[tuple[Any, ...]]]) -> None:
    world = World(GRAPH, landed(*MONTHS))
    world.build()
    for round_ in rounds:
        before = seen(world)
        for edit in round_:
            apply(world, edit)
        computed = world.build()
        after = seen(world)
        assert len(set(computed)) == len(computed)
        assert {cell for cell in after if before.get(cell) != after[cell]} == set(computed)


def seen(world: World) -> dict[Cell, object]:
    """All that a cell may depend on, computed without the planner's own versions."""
    situation = world.situation()
    found = {}
    for cell in situation.expected():
        declaration = GRAPH.by_key[cell.asset]
        rules = tuple(_rule(situation.rules[int(cell.period[:4])], name, cell.period) for name in sorted(declaration.rules))
        inputs = tuple((key, partition, tuple(sorted(hashes.items()))) for key, partition, _, hashes in situation.inputs_of(cell))
        found[cell] = (world.logic.get(cell.asset, "first"), rules, inputs)
    return found


def _rule(rules: Rules, name: str, period: str) -> object:
    """A rule as a period knows it: of the window, a month sees only what lies in it."""
    if name != "window_end" or len(period) == 4:
        return getattr(rules, name)
    return min(max(rules.window_end, Month.parse(period).first_day - timedelta(days=1)), Month.parse(period).last_day)


@settings(max_examples=25, deadline=None)
@given(edits, st.sampled_from(sorted(GRAPH.by_key)))
def test_building_a_selection_leaves_it_fresh(rounds: list[list[tuple[Any, ...]]], key: str) -> None:
    world = World(GRAPH, landed(*MONTHS))
    world.build()
    for edit in (edit for round_ in rounds for edit in round_):
        apply(world, edit)
    wanted = {cell for cell in world.situation().expected() if cell.asset == key}
    world.build(only=wanted)
    assert not wanted & world.stale().keys()

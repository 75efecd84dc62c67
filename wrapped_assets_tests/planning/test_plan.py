"""A plan names exactly the cells whose logic, rules or read columns changed, and says why."""

from __future__ import annotations

from datetime import date

import pytest

from wrapped_assets.planning.plan import make_plan, read_inputs, written_inputs
from wrapped_assets.vocabulary.periods import Cell
from wrapped_assets_tests.planning.situations import PLAYS, World, landed, layered


@pytest.fixture
def built() -> World:
    world = World(layered(), landed("2024-11", "2024-12", "2025-01", "2025-02"))
    world.build()
    return world


def test_the_first_plan_has_every_cell_once_inputs_first() -> None:
    world = World(layered(), landed("2024-12", "2025-01"))
    situation = world.situation()
    plan = make_plan(situation)
    cells = [step.cell for step in plan.steps]
    assert len(set(cells)) == len(cells) == len(situation.expected())
    assert {step.reason for step in plan.steps} == {"missing"}
    for place, cell in enumerate(cells):
        assert all(cells.index(source) < place for _, _, source, _ in situation.inputs_of(cell) if source is not None)


def test_after_a_build_nothing_is_stale(built: World) -> None:
    assert built.stale() == {}
    assert built.build() == []
    plan = make_plan(built.situation())
    assert plan.unchanged == len(built.stored)
    assert plan.gone == []


def test_planning_changes_nothing(built: World) -> None:
    built.logic["aggregates/days"] = "second"
    before = dict(built.stored)
    situation = built.situation()
    assert make_plan(situation) == make_plan(situation)
    assert built.stored == before


def test_a_change_of_one_insights_logic_is_that_insight_alone(built: World) -> None:
    built.logic["insights/others"] = "second"
    assert {(cell.asset, reason) for cell, reason in built.stale().items()} == {("insights/others", "logic")}


def test_what_reads_a_changed_asset_waits_for_it(built: World) -> None:
    built.logic["aggregates/days"] = "second"
    reasons = built.stale()
    assert {reason for cell, reason in reasons.items() if cell.asset == "aggregates/days"} == {"logic"}
    assert {reason for cell, reason in reasons.items() if cell.asset != "aggregates/days"} == {"upstream"}
    assert {cell.asset for cell in reasons} == {key for key in built.graph.by_key if key != "aggregates/plays"}


def test_new_logic_with_the_same_values_recomputes_nothing_below(built: World) -> None:
    for name in ("listener_id", "listen_count", "play_count"):
        built.values["aggregates/days", name] = "the same"
    built.logic["aggregates/days"] = "second"
    built.build()
    built.logic["aggregates/days"] = "third"
    assert {cell.asset for cell in built.build()} == {"aggregates/days"}


def test_a_column_that_nobody_reads_recomputes_nothing_below(built: World) -> None:
    for name in ("listener_id", "listen_count"):
        built.values["aggregates/days", name] = "the same"
    built.logic["aggregates/days"] = "second"
    built.build()
    built.logic["aggregates/days"] = "third"
    assert {cell.asset for cell in built.build()} == {"aggregates/days", "insights/others", "insights/history"}


def test_late_plays_touch_their_month_and_bucket_and_the_years_that_read_them(built: World) -> None:
    built.landed[PLAYS, "2025-02", 1] = {"whole": "later", "head": "2025-021head", "tail": "later"}
    reasons = built.stale()
    assert reasons[Cell("aggregates/plays", "2025-02", 1)] == "data"
    assert {(cell.period, cell.bucket) for cell in reasons} == {("2025-02", 1), ("2025", 1), ("2025", None)}


def test_plays_near_a_months_end_touch_the_month_beside_it(built: World) -> None:
    built.landed[PLAYS, "2025-01", 0] = {"whole": "later", "head": "later", "tail": "2025-010tail"}
    reasons = built.stale()
    assert {cell.period for cell, reason in reasons.items() if reason == "data"} == {"2024-12", "2025-01"}


def test_a_cut_off_touches_the_months_that_it_moves_over_and_their_year(built: World) -> None:
    built.until = {2025: date(2025, 2, 10)}
    reasons = built.stale()
    assert {cell for cell, reason in reasons.items() if reason == "rules"} == {
        Cell("aggregates/days", "2025-02", bucket) for bucket in (0, 1)
    }
    assert {cell.period for cell in reasons} == {"2025-02", "2025"}
    built.build()
    built.until = {2025: date(2025, 1, 10)}
    assert {cell.period for cell, reason in built.stale().items() if reason == "rules"} == {"2025-01", "2025-02"}


def test_a_cut_off_that_moves_over_no_plays_touches_nothing(built: World) -> None:
    built.until = {2025: date(2025, 11, 10)}
    assert built.stale() == {}


def test_a_cut_off_of_the_year_before_reaches_a_history_only_through_its_values(built: World) -> None:
    built.until = {2024: date(2024, 11, 10)}
    assert {cell.asset for cell in built.stale() if cell.period == "2025"} == {"insights/history"}
    for name in ("listener_id", "listen_count", "play_count"):
        built.values["aggregates/days", name] = "the same"
    built.build()
    built.until = {}
    assert {(cell.asset, cell.period[:4]) for cell in built.build()} == {("aggregates/days", "2024")}


def test_a_year_between_others_comes_and_goes_and_only_what_reads_it_is_told() -> None:
    """The latest year before is another one for each bucket, and never one that holds nothing."""

    def read_by_2025(bucket: int) -> list[str]:
        read = world.situation().inputs_of(Cell("insights/history", "2025", bucket))
        return [partition for key, partition, _, _ in read if key == "insights/history"]

    world = World(layered(), landed("2021-05", "2025-05", "2025-06", "2026-01"))
    world.build()
    assert (read_by_2025(0), read_by_2025(1)) == (["2021|b000"], ["2021|b001"])
    world.landed |= landed("2023-08", buckets=(1,))
    assert (read_by_2025(0), read_by_2025(1)) == (["2021|b000"], ["2023|b001"])
    world.build()
    world.values = {("insights/history", name): "the same" for name in ("listener_id", "listen_count", "play_count")}
    world.logic["insights/history"] = "second"
    world.build()
    del world.landed[PLAYS, "2023-08", 1]
    decision = next(step for step in make_plan(world.situation()).steps)
    assert decision.because in ("insights/history 2021|b001 is new", "insights/history 2023|b001 is gone")
    assert world.build() == [Cell("insights/history", "2025", 1)]
    assert world.stale() == {}


def test_a_damaged_cell_is_computed_again(built: World) -> None:
    cell = Cell("aggregates/days", "2025-01", 0)
    built.damaged = frozenset({cell})
    assert built.stale()[cell] == "damaged"
    assert built.build() == [cell]


def test_a_selection_brings_the_stale_cells_that_it_needs_and_no_other(built: World) -> None:
    built.logic |= {"aggregates/days": "second", "insights/others": "second"}
    wanted = {Cell("insights/totals", "2025", 0)}
    steps = [step.cell for step in make_plan(built.situation(), wanted).steps]
    assert steps == [Cell("aggregates/days", "2025-01", 0), Cell("aggregates/days", "2025-02", 0), Cell("insights/totals", "2025", 0)]


def test_everything_asked_for_is_named_even_where_it_is_fresh(built: World) -> None:
    plan = make_plan(built.situation(), full=True)
    assert len(plan.steps) == len(built.stored)
    some = make_plan(built.situation(), {Cell("insights/totals", "2025", 0)}, full=True)
    assert [(step.cell.asset, step.reason) for step in some.steps] == [("insights/totals", "asked")]


def test_cells_that_nothing_is_landed_for_any_more_are_gone(built: World) -> None:
    del built.landed[PLAYS, "2025-02", 1]
    gone = make_plan(built.situation()).gone
    assert gone == [Cell("aggregates/days", "2025-02", 1), Cell("aggregates/plays", "2025-02", 1)]
    assert built.stale()[Cell("insights/others", "2025", 1)] in ("column", "upstream")
    built.build()
    assert built.stale() == {}  # nothing reads what is gone, although it is still stored
    assert all(source != gone[0] for cell in built.stored for _, _, source, _ in built.situation().inputs_of(cell))
    assert make_plan(built.situation(), {Cell("insights/totals", "2025", 0)}).gone == []


def test_what_a_cell_read_can_be_read_back(built: World) -> None:
    situation = built.situation()
    cell = Cell("insights/others", "2025", 0)
    found = read_inputs(written_inputs(situation, cell))
    assert set(found) == {f"aggregates/{name} 2025-{month}|b000" for name in ("days", "plays") for month in ("01", "02")}
    assert all(set(hashes) == {"listener_id", "play_count"} for hashes in found.values())
    assert read_inputs("") == {}

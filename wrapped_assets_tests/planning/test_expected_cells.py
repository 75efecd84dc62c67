"""The cells that should exist: where something was played by some listener's clock."""

from __future__ import annotations

import pytest

from wrapped_assets.planning.expected import expected_cells
from wrapped_assets.vocabulary.periods import Cell
from wrapped_assets_tests.planning.situations import PLAYS, landed, layered

GRAPH = layered()


def periods(cells: list[Cell], asset: str) -> list[str]:
    return [cell.period for cell in cells if cell.asset == asset]


def test_nothing_landed_means_no_cells() -> None:
    assert expected_cells(GRAPH, {}) == []


def test_a_month_whose_chunks_are_empty_has_no_cells() -> None:
    assert expected_cells(GRAPH, {(PLAYS, "2025-01", 0): {"whole": "", "head": "", "tail": ""}}) == []


def test_what_the_registry_says_makes_no_cells() -> None:
    assert expected_cells(GRAPH, {("registry/listeners", "2025-01", 0): {"whole": "x"}}) == []


@pytest.mark.parametrize(
    ("reach", "months"), [({}, ["2025-01"]), ({"early": "yes"}, ["2024-12", "2025-01"]), ({"late": "yes"}, ["2025-01", "2025-02"])]
)
def test_a_month_beside_counts_only_where_a_clock_reaches_it(reach: dict[str, str], months: list[str]) -> None:
    cells = expected_cells(GRAPH, {(PLAYS, "2025-01", 0): {"whole": "x", **reach}})
    assert periods(cells, "aggregates/days") == months
    assert periods(cells, "insights/totals") == sorted({month[:4] for month in months})


def test_a_year_without_plays_between_others_has_no_cells() -> None:
    cells = expected_cells(GRAPH, landed("2022-05", "2025-05", buckets=(0,)))
    assert {cell.period for cell in cells} == {"2022-05", "2022", "2025-05", "2025"}
    assert periods(cells, "insights/history") == periods(cells, "population/everyone") == ["2022", "2025"]


def test_each_bucket_has_its_own_months_and_years() -> None:
    cells = expected_cells(GRAPH, landed("2022-05", buckets=(0,)) | landed("2025-05", buckets=(1,)))
    assert {(cell.period, cell.bucket) for cell in cells if cell.asset == "insights/history"} == {("2022", 0), ("2025", 1)}


def test_months_come_before_their_years_and_years_in_order() -> None:
    cells = expected_cells(GRAPH, landed("2025-05", "2024-05"))
    kinds = [len(cell.period) for cell in cells]
    assert kinds == sorted(kinds, reverse=True)
    assert periods(cells, "insights/history") == ["2024", "2024", "2025", "2025"]
    assert [cell.bucket for cell in cells if cell.asset == "population/everyone"] == [None, None]

"""A failing asset fails alone with what reads it; its message says what to do and quotes no listener's data."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import polars as pl
import pytest

from wrapped_assets.aggregates.listener_days import listener_days
from wrapped_assets.building.build import BuildReport, build
from wrapped_assets.building.situate import Project
from wrapped_assets.contracts.graph import graph_of, project_graph
from wrapped_assets.storage.manifest import load_cells
from wrapped_assets.storage.root import Root
from wrapped_assets.vocabulary.periods import Month
from wrapped_assets.vocabulary.rules import DeclaredRules
from wrapped_assets_tests.other_logic import project_of
from wrapped_assets_tests.small_roots import lake_files, versions

FAILING = "aggregates/listener_days"


def with_function(root: Root, key: str, function: Callable[..., pl.LazyFrame], **changes: object) -> Project:
    declared = project_graph().by_key.values()
    return project_of(root, graph_of([replace(each, function=function, **changes) if each.key == key else each for each in declared]))  # type: ignore[arg-type]


def raising(listens: pl.LazyFrame, plays: pl.LazyFrame, rules: object) -> pl.LazyFrame:
    """Fails with a value in its message."""
    return listens.with_columns(pl.lit("Planted Person").cast(pl.Int64))


def spoiling(listens: pl.LazyFrame, plays: pl.LazyFrame, rules: DeclaredRules, month: Month) -> pl.LazyFrame:
    """Breaks a law in one month."""
    days = listener_days.function(listens, plays, rules)
    return days.with_columns(ms_played=-pl.col("ms_played")) if str(month) == "2025-03" else days


def opening(listener_days: pl.LazyFrame) -> pl.LazyFrame:
    """Fails before there is a frame."""
    raise ValueError("Planted Person")


def curious(listener_days: pl.LazyFrame) -> pl.LazyFrame:
    """Reads a column that was not declared."""
    return listener_days.filter(pl.col("is_private"))


def pivoting(listener_days: pl.LazyFrame) -> pl.LazyFrame:
    """Takes data for the name of a column."""
    return listener_days.select("Planted Person")


def repeating(listener_days: pl.LazyFrame) -> pl.LazyFrame:
    """Repeats its key."""
    days = listener_days.with_columns(minutes=pl.lit(1.0))
    return pl.concat([days, days])


def keyless(listener_days: pl.LazyFrame) -> pl.LazyFrame:
    """Has a null in its key."""
    return listener_days.with_columns(minutes=pl.lit(1.0), listener_id=pl.lit(None, pl.Int64)).head(1)


def narrow(listener_days: pl.LazyFrame) -> pl.LazyFrame:
    """Lacks declared columns."""
    return listener_days.select("listener_id")


def failures(report: BuildReport) -> set[str]:
    return {cell.asset for cell, _ in report.failed}


def test_a_failing_insight_fails_alone_and_keeps_what_it_had(small: Root) -> None:
    before = versions(small)
    report = build(with_function(small, "insights/busiest_day", opening))
    assert failures(report) == {"insights/busiest_day"}
    assert report.recomputed == []
    assert versions(small) == before


def test_a_failing_aggregate_takes_along_what_reads_it_and_nothing_else(small: Root) -> None:
    project = with_function(small, FAILING, raising)
    report = build(project, full=True)
    downstream = project.graph.downstream(FAILING)
    assert failures(report) == {FAILING, *downstream}
    assert {error for cell, error in report.failed if cell.asset in downstream if "not computed" not in error} == set()
    assert {cell.asset for cell in report.recomputed} - failures(report) == set(project.graph.by_key) - failures(report)
    stored = load_cells(small)
    assert all(stored[cell].row_count == 0 for cell in report.recomputed if cell.asset in failures(report)), "nothing to compute"


def test_a_failing_month_fails_alone_among_those_of_its_unit(small: Root) -> None:
    report = build(with_function(small, FAILING, spoiling), full=True)
    of_asset = [(str(cell), error) for cell, error in report.failed if cell.asset == FAILING]
    assert [cell for cell, _ in of_asset] == [f"{FAILING} 2025-03|b000"]
    assert "3 rows: ms_played is below 0" in of_asset[0][1]
    assert {str(cell) for cell in report.recomputed} >= {f"{FAILING} {month}|b000" for month in ("2025-01", "2025-02")}


def test_what_failed_is_tried_again_and_heals(small: Root) -> None:
    before = lake_files(small)
    assert build(with_function(small, FAILING, raising)).failed
    assert build(with_function(small, FAILING, raising)).failed
    assert build(Project(small)).failed == []
    assert lake_files(small) == before


@pytest.mark.parametrize("function", [opening, curious, pivoting, repeating, keyless, narrow])
def test_a_failures_message_quotes_no_data(small: Root, function: Callable[..., pl.LazyFrame]) -> None:
    report = build(with_function(small, "insights/busiest_day", function))
    assert report.failed
    for _, error in report.failed:
        assert not any(text in error for text in ("Planted", "eple", "walk", "ana", "Person")), error


def test_a_cast_that_fails_quotes_no_data(small: Root) -> None:
    report = build(with_function(small, FAILING, raising))
    assert "InvalidOperationError" in str(report.failed)
    assert "Planted" not in str(report.failed)


@pytest.mark.parametrize(
    ("function", "said"),
    [
        (curious, "'is_private' is not declared: add it to `reads`"),
        (pivoting, "a column that the dictionary does not have is not declared"),
        (repeating, r"busiest_day.*rows?: a key of the grain \['listener_id'\] occurs again; aggregate the rows"),
        (keyless, "1 row: listener_id is null, and it is in the grain"),
        (narrow, "the result has no column 'local_date', which `columns` declares; it has listener_id"),
        (opening, r"^test_failures.py:\d+:\d+: insights/busiest_day: ValueError; run its examples .* values are not shown here"),
    ],
)
def test_a_failure_says_what_to_do(small: Root, function: Callable[..., pl.LazyFrame], said: str) -> None:
    report = build(with_function(small, "insights/busiest_day", function))
    for _, error in report.failed:
        assert pytest.raises(AssertionError, match=said).matches(AssertionError(error)), error

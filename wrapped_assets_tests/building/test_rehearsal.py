"""A rehearsal reads what a build reads: months before years, edges of months, the year before."""

from __future__ import annotations

from datetime import date

import polars as pl
import pytest

from wrapped_assets.building.rehearsal import rehearse
from wrapped_assets.contracts.declaration import declare
from wrapped_assets.contracts.examples import example_plays
from wrapped_assets.contracts.graph import YEARLY, graph_of, project_graph
from wrapped_assets.vocabulary import columns as c
from wrapped_assets.vocabulary.periods import Month
from wrapped_assets.vocabulary.rules import DeclaredRules

PLAYS = example_plays(
    {"ana": "2025-12-31 eple, 2026-01-28 eple@23:59, 2026-01-29 walk@00:00, 2026-02-03 night@23:59, 2026-02-04 moon@00:00"}
)


@declare(
    layer="aggregates", kind="month_bucket", grain=[c.listener_id, c.month], columns=[c.play_count],
    reads={"landed_plays": ([c.listener_id, c.listened_at], "month_and_edges")},
)  # fmt: skip
def seen(landed_plays: pl.LazyFrame, month: Month) -> pl.LazyFrame:
    """How many landed plays a month sees."""
    return landed_plays.group_by("listener_id").agg(play_count=pl.len()).with_columns(month=pl.lit(str(month)))


@declare(
    layer="aggregates", kind="year_bucket", grain=[c.listener_id], columns=[c.play_count],
    reads={"seen": [c.listener_id, c.play_count], "ever": ([c.listener_id, c.play_count], "latest_year_before")},
)  # fmt: skip
def ever(seen: pl.LazyFrame, ever: pl.LazyFrame) -> pl.LazyFrame:
    """Plays seen up to a year's end."""
    return pl.concat([seen, ever]).group_by("listener_id").agg(pl.col("play_count").sum())


@declare(
    layer="aggregates", kind="month_bucket", grain=[c.listener_id, c.month], columns=[c.play_count],
    reads={"seen": [c.listener_id, c.month, c.play_count]}, rules=["window_start"],
)  # fmt: skip
def greedy(seen: pl.LazyFrame, rules: DeclaredRules) -> pl.LazyFrame:
    """Looks at a rule that it did not declare."""
    return seen.filter(pl.lit(rules.window_end > date(2000, 1, 1)))


def test_a_month_sees_72_hours_beside_it() -> None:
    found = rehearse(PLAYS, [2025, 2026], graph=graph_of([seen, ever]))
    counts = {period: frame["play_count"].to_list() for (key, period), frame in found.items() if key == "aggregates/seen" and frame.height}
    assert counts == {"2025-12": [1], "2026-01": [4], "2026-02": [3]}


def test_a_year_adds_its_months_to_the_latest_year_before() -> None:
    graph = graph_of([seen, ever])
    both = rehearse(PLAYS, [2025, 2026], graph=graph)
    assert [both["aggregates/ever", year]["play_count"].item() for year in ("2025", "2026")] == [1, 8]
    apart = rehearse(PLAYS, [2025, 2028], graph=graph)
    assert apart["aggregates/ever", "2028"]["play_count"].item() == 1
    alone = rehearse(PLAYS, [2026], graph=graph)
    assert alone["aggregates/ever", "2026"]["play_count"].item() == 7


def test_only_what_is_asked_for_and_what_it_reads_is_computed() -> None:
    found = rehearse(PLAYS, [2026], only=["busiest_day"])
    assert {key for key, _ in found} - YEARLY == {"insights/busiest_day"} | project_graph().upstream("insights/busiest_day")


def test_a_rule_that_was_not_declared_cannot_be_seen() -> None:
    with pytest.raises(AttributeError, match="window_end"):
        rehearse(PLAYS, [2026], graph=graph_of([seen, greedy]))

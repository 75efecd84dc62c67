"""Under every rule set, plays that do not count change no count, and the parts add up to the whole."""

from __future__ import annotations

import polars as pl
import pytest

from wrapped_assets.contracts.declaration import Declaration
from wrapped_assets.contracts.graph import project_graph
from wrapped_assets.orchestration.checks import COUNTED_IN, conserved_column
from wrapped_assets.vocabulary.rules import RULE_SETS
from wrapped_assets_tests.insights.uncounted import both_worlds, chooses_by_minutes, count_columns, counts_by_key, without_play_figures
from wrapped_assets_tests.insights.worlds import YEAR

GRAPH = project_graph()
DERIVED = [one for one in GRAPH.by_key.values() if one.layer in ("aggregates", "insights", "population", "playlists")]
SUMMED = [one for one in DERIVED if conserved_column(one)]
WHAT_TO_DO = "count `listens`: `plays` also has plays that do not count"

each_rule_set = pytest.mark.parametrize("rule_set", RULE_SETS)


@each_rule_set
@pytest.mark.parametrize("asset", DERIVED, ids=lambda one: one.key)
def test_plays_that_do_not_count_change_no_count(asset: Declaration, rule_set: str) -> None:
    before, after = ([found[key, period] for key, period in found if key == asset.key and period.startswith(str(YEAR))]
                     for found in both_worlds(rule_set))  # fmt: skip
    reads_plays = any(read.asset == "plays" for read in asset.reads)
    for old, new in zip(before, after, strict=True):
        if reads_plays and asset.layer != "aggregates":
            assert without_play_figures(new).equals(without_play_figures(old)), WHAT_TO_DO
        elif count_columns(asset) and not chooses_by_minutes(GRAPH, asset):
            assert counts_by_key(asset, new).equals(counts_by_key(asset, old)), WHAT_TO_DO


@each_rule_set
@pytest.mark.parametrize("asset", SUMMED, ids=lambda one: one.key)
def test_the_parts_add_up_to_the_whole(asset: Declaration, rule_set: str) -> None:
    column = conserved_column(asset)
    assert column
    for found in both_worlds(rule_set):
        parts, whole = (pl.concat(frame for (key, _), frame in found.items() if key == one) for one in (asset.key, COUNTED_IN[column]))
        sums = parts.group_by("listener_id").agg(pl.col(column).sum()).filter(pl.col(column) > 0).sort("listener_id")
        assert sums.equals(whole.group_by("listener_id").agg(pl.len().cast(pl.Int64).alias(column)).sort("listener_id"))


@each_rule_set
def test_an_insight_that_counts_plays_would_be_caught(rule_set: str) -> None:
    hours = GRAPH.find("listener_hours")
    wrong = [pl.concat(hours.function(frame.lazy()).with_columns(month=pl.lit(month)).collect() for (key, month), frame in found.items()
                       if key == "listens/plays" and month.startswith(str(YEAR))) for found in both_worlds(rule_set)]  # fmt: skip
    assert not counts_by_key(hours, wrong[0]).equals(counts_by_key(hours, wrong[1]))

"""Figures over all listeners are the same however many ranges of an id they are computed in."""

from __future__ import annotations

import pytest

from wrapped_assets.building.ranges import result_by_ranges
from wrapped_assets.building.rehearsal import inputs_of
from wrapped_assets.contracts.declaration import Declaration
from wrapped_assets.contracts.graph import project_graph
from wrapped_assets.vocabulary.rules import rules_for
from wrapped_assets_tests.insights.worlds import YEAR, rehearsed

GRAPH = project_graph()
BY_RANGES = [one for one in GRAPH.by_key.values() if one.by]


@pytest.mark.parametrize("asset", BY_RANGES, ids=lambda one: one.key)
def test_the_number_of_ranges_changes_no_row(asset: Declaration) -> None:
    inputs = inputs_of(GRAPH, asset, str(YEAR), rehearsed(), {})
    whole = result_by_ranges(asset, inputs, rules_for("default", YEAR), str(YEAR))
    assert whole.height
    for ranges in (2, 7):
        assert result_by_ranges(asset, inputs, rules_for("default", YEAR), str(YEAR), ranges).equals(whole)

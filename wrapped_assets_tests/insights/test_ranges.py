"""Figures over all listeners are the same in however many ranges of an id, and shares of workers, they are computed."""

from __future__ import annotations

import random
from pathlib import Path

import polars as pl
import pytest

from wrapped_assets.building import ranges
from wrapped_assets.building.ranges import result_by_ranges, result_of_share
from wrapped_assets.building.rehearsal import inputs_of
from wrapped_assets.contracts.declaration import Declaration
from wrapped_assets.contracts.graph import project_graph
from wrapped_assets.vocabulary.rules import rules_for
from wrapped_assets_tests.insights.worlds import YEAR, rehearsed

GRAPH = project_graph()
BY_RANGES = [one for one in GRAPH.by_key.values() if one.divides_by]
RULES = rules_for("default", YEAR)


@pytest.fixture(autouse=True)
def _always_on_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ranges, "FEW_RANGES", 0)
    monkeypatch.setattr(ranges, "ROWS_PER_BATCH", 7)


@pytest.mark.parametrize("asset", BY_RANGES, ids=lambda one: one.key)
def test_no_number_of_ranges_and_shares_and_no_order_of_workers_changes_a_row(asset: Declaration, tmp_path: Path) -> None:
    inputs = inputs_of(GRAPH, asset, str(YEAR), rehearsed(), {})
    whole = result_by_ranges(asset, inputs, RULES, str(YEAR))
    assert whole.height
    scans = {name: frame.lazy() for name, frame in inputs.items()}
    for count, shares in ((2, 1), (7, 3), (40, 8)):
        numbers = random.Random(count).sample(range(shares), shares)
        known = {one: result_of_share(asset, scans, RULES, str(YEAR), one, shares, count, tmp_path) for one in numbers}
        assert result_by_ranges(asset, scans, RULES, str(YEAR), count, known, shares, tmp_path).equals(whole)
        del known[numbers[0]]  # what no worker computed, or is damaged
        assert result_by_ranges(asset, inputs, RULES, str(YEAR), count, known, shares, tmp_path).equals(whole)
    assert not list(tmp_path.iterdir())


def test_each_row_is_read_once_whatever_the_number_of_ranges(tmp_path: Path) -> None:
    asset, read = GRAPH.by_key["population/artist_countries"], list[int]()
    inputs = inputs_of(GRAPH, asset, str(YEAR), rehearsed(), {})
    audiences = inputs["artist_audiences"].lazy().collect()

    def counted(rows: pl.DataFrame) -> pl.DataFrame:
        read.append(rows.height)
        return rows

    scan = audiences.lazy().map_batches(counted, schema=audiences.schema, predicate_pushdown=False)
    for count in (10, 100):
        read.clear()
        result_by_ranges(asset, {**inputs, "artist_audiences": scan}, RULES, str(YEAR), count, folder=tmp_path)
        assert sum(read) == audiences.height

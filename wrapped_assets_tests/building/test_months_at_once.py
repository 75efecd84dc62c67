"""Several months that are computed in one call are what each of them is alone."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wrapped_assets.building.build import build
from wrapped_assets.building.evaluate import hears_nothing, lazy_result
from wrapped_assets.building.inputs import Inputs
from wrapped_assets.building.months_at_once import AtOnce, Given, OneByOne, can_join
from wrapped_assets.building.pin import Pin, by_period
from wrapped_assets.building.situate import Project
from wrapped_assets.contracts.declaration import Declaration
from wrapped_assets.contracts.graph import project_graph
from wrapped_assets.kernels.hashing import frame_hashes
from wrapped_assets.planning.situation import Situation
from wrapped_assets.storage.root import Root
from wrapped_assets.vocabulary.periods import Cell, Month
from wrapped_assets_tests.building.test_failures import with_function
from wrapped_assets_tests.small_roots import KEY, import_small, lake_files

GRAPH = project_graph()
MONTHLY = [one for one in GRAPH.by_key.values() if one.kind == "month_bucket"]
JOINED = [one for one in MONTHLY if can_join(GRAPH, one)]
MONTHS = [f"{year}-{month:02d}" for year in (2024, 2025) for month in range(1, 13)]


def test_what_is_about_listeners_is_computed_at_once_and_what_is_about_music_month_by_month() -> None:
    others = {"artist_credits", "artist_hours", "recording_days", "show_days", "tracks"}
    assert {one.name for one in MONTHLY} - {one.name for one in JOINED} == others


@pytest.fixture(scope="module")
def situation(household_to_read: Path) -> Iterator[Situation]:
    root = Root.open(household_to_read)
    yield Project(root).situation()
    root.engine.dispose()


@pytest.fixture(scope="module")
def inputs(household_to_read: Path, situation: Situation) -> Iterator[dict[Cell, Given]]:
    """What the cells of a bucket's months read."""
    root = Root.open(household_to_read)
    project = Project(root)
    now = project.situation()
    cells = [Cell(one.key, month, 0) for one in JOINED for month in MONTHS if Cell(one.key, month, 0) in now.stored]
    worlds = Pin(project, now, cells).worlds
    read = {month: Inputs(project, now, worlds[month], own) for month, own in by_period(cells).items()}
    yield {cell: read[cell.period].of(cell) for cell in cells}
    root.engine.dispose()


def alone(asset: Declaration, given_to: Given, situation: Situation, period: str) -> pl.DataFrame:
    return lazy_result(asset, given_to, situation.rules_of(period), period).collect()


@pytest.mark.parametrize("asset", JOINED, ids=lambda one: one.key)
def test_any_months_at_once_are_those_months_alone(asset: Declaration, inputs: dict[Cell, Given], situation: Situation) -> None:
    heard = {cell: frames for cell, frames in inputs.items() if cell.asset == asset.key and not hears_nothing(asset, frames)}
    expected = {cell: alone(asset, frames, situation, cell.period) for cell, frames in heard.items()}
    assert sum(frame.height for frame in expected.values()) or asset.name == "unwanted_music"

    @settings(max_examples=12)
    @given(st.sampled_from(("2024", "2025")), st.data())
    def are_the_same(year: str, data: st.DataObject) -> None:
        cells = sorted(data.draw(st.sets(st.sampled_from([cell for cell in heard if cell.period[:4] == year]), min_size=1)))
        joined = AtOnce.of(GRAPH, asset, {cell: heard[cell] for cell in cells}, situation.rules_of(cells[0].period))
        found = joined.split(joined.query[0].collect())
        assert list(found) == cells
        for cell in cells:
            assert found[cell].equals(expected[cell])
            assert frame_hashes(found[cell]) == frame_hashes(expected[cell])

    are_the_same()


def test_a_function_that_asks_for_its_month_is_called_month_by_month(inputs: dict[Cell, Given], situation: Situation) -> None:
    asset = GRAPH.by_key["aggregates/outcomes"]
    cells = {cell: frames for cell, frames in inputs.items() if cell.asset == asset.key and cell.period[:4] == "2025"}

    def asking(question: Callable[[Month], object]) -> Declaration:
        def outcomes(plays: pl.LazyFrame, month: Month) -> pl.LazyFrame:
            return asset.function(plays).with_columns(_asked=pl.lit(str(question(month))))

        return replace(asset, function=outcomes)

    assert AtOnce.of(GRAPH, asking(bool), cells, situation.rules_of("2025")).cells == sorted(cells)
    for question in (str, "{}".format, lambda month: month.first_day, lambda month: month.year, lambda month: month > month):
        with pytest.raises((TypeError, AttributeError)):
            AtOnce.of(GRAPH, asking(question), cells, situation.rules_of("2025"))


def test_months_that_say_different_things_of_one_credit_are_computed_one_by_one(inputs: dict[Cell, Given], situation: Situation) -> None:
    asset = GRAPH.by_key["aggregates/artist_months"]
    cells = {cell: dict(frames) for cell, frames in inputs.items() if cell.asset == asset.key and cell.period in ("2025-01", "2025-02")}
    one, other = sorted(cells)
    credits_ = cells[one]["artist_credits"]
    shared = credits_.join(cells[other]["artist_credits"], on="artist_credit_id", how="semi")
    assert shared.height
    unsaid = credits_.filter(pl.col("artist_credit_id") != shared["artist_credit_id"][0])
    otherwise = pl.concat([credits_, shared.head(1).with_columns(artist_id=pl.lit(7, pl.Int64))])
    for changed in (unsaid, otherwise, pl.concat([credits_, shared.head(1)])):
        given_to = cells | {one: cells[one] | {"artist_credits": changed}}
        with pytest.raises(OneByOne):
            AtOnce.of(GRAPH, asset, given_to, situation.rules_of("2025"))


def test_a_month_that_cannot_be_computed_takes_no_other_month_with_it(small: Root) -> None:
    key, before = "aggregates/sessions", lake_files(small)
    declared = GRAPH.by_key[key]

    def sessions(plays: pl.LazyFrame) -> pl.LazyFrame:
        played = pl.when(pl.col("listened_at").dt.month() == 3).then(pl.lit("no number")).otherwise(pl.lit("0"))
        return declared.function(plays.with_columns(ms_played=played.cast(pl.Int64)))

    def wanted(situation: Situation) -> set[Cell]:
        return {cell for cell in situation.expected() if cell.asset == key}

    report = build(with_function(small, key, sessions), wanted, full=True)
    assert [cell.period for cell, _ in report.failed] == ["2025-03"]
    assert {cell.period for cell in report.recomputed if cell.asset == key} >= {"2025-01", "2025-02", "2025-11"}
    assert build(Project(small), wanted).failed == []
    assert lake_files(small) == before


def test_a_month_with_one_play_is_built_alone_and_beside_others(tmp_path: Path) -> None:
    root = Root.open_or_make(tmp_path / "root", 1, KEY)
    import_small(root, {"ana": "2025-02-28 eple@23:59"})
    assert build(Project(root)).failed == []
    only = {path: content for path, content in lake_files(root).items() if "/2025-02/" in path}
    days = pl.read_parquet(next(root.path.glob("lake/aggregates/listener_days/2025-02/*.parquet")))
    assert days.select("play_count", "listen_count", "recording_count").rows() == [(1, 1, 1)]
    import_small(root, {"ana": "2025-01-03 eple*4 walk, 2025-11-20 moon*2"})
    assert build(Project(root), full=True).failed == []
    assert {path: content for path, content in lake_files(root).items() if "/2025-02/" in path} == only
    root.engine.dispose()

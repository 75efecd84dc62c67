"""Checks: contracts block what is downstream, plausibility warns, and nobody is named."""

import dataclasses
from pathlib import Path

import dagster as dg
import polars as pl
import pytest

from wrapped_assets.building.build import build
from wrapped_assets.building.situate import Project
from wrapped_assets.contracts.graph import project_graph
from wrapped_assets.contracts.stored_cell import StoredCell
from wrapped_assets.orchestration import check_results
from wrapped_assets.orchestration.backfill import backfill
from wrapped_assets.orchestration.check_results import Stored, broken_conservation, broken_grain, broken_schema, lost_rows
from wrapped_assets.orchestration.checks import conserved_column
from wrapped_assets.orchestration.lake import Lake
from wrapped_assets.storage import manifest
from wrapped_assets.storage.cell_files import write_cell
from wrapped_assets.storage.root import Root
from wrapped_assets_tests.orchestration.conftest import land
from wrapped_assets_tests.small_roots import copy_root

GRAPH = project_graph()


def stored(root: Root, asset: str, periods: list[str]) -> Stored:
    lake = Lake(data=str(root.path))
    return Stored(lake, GRAPH.find(asset), lake.cells(GRAPH.find(asset).key, periods), {})


def recorded_anew(root: Root, cell: StoredCell, rows: pl.DataFrame) -> None:
    """Stores other rows of a cell as a build would: what checks are for is a wrong function, not a damaged file."""
    written = write_cell(root, cell.cell, rows)
    sizes = {"row_count": rows.height, "byte_count": written.byte_count, "path": written.path, "file_hash": written.file_hash}
    new = dataclasses.replace(cell, data_version=written.data_version, column_hashes=written.column_hashes, **sizes)
    with root.engine.begin() as connection:
        manifest.record_cells(connection, root, [new])


@pytest.fixture(scope="module")
def _built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = land(tmp_path_factory.mktemp("checked") / "root")
    assert not build(Project(root)).failed
    return root.path


@pytest.fixture
def built(_built: Path, tmp_path: Path) -> Root:
    """A copy of a built root, to be damaged."""
    return Root.open(copy_root(_built, tmp_path / "root"))


def test_which_tables_claim_every_listen() -> None:
    claims = {key.rpartition("/")[2]: column for key, found in GRAPH.by_key.items() if (column := conserved_column(found))}
    assert claims.items() >= {
        "listener_days": "listen_count", "listener_hours": "listen_count", "recording_months": "listen_count", "outcomes": "play_count",
        "listening_calendar": "listen_count", "listening_clock": "listen_count", "listening_totals": "listen_count",
    }.items()  # fmt: skip
    assert not claims.keys() & {"top_recordings", "busiest_day", "artist_race", "most_replayed_day", "artist_months"}


@pytest.mark.parametrize("asset", [key for key, found in GRAPH.by_key.items() if conserved_column(found)])
def test_a_lost_listen_is_found(built: Root, asset: str) -> None:
    column = conserved_column(GRAPH.by_key[asset])
    periods = ["2024-03", "2024-04"] if GRAPH.by_key[asset].kind == "month_bucket" else ["2024"]
    whole = stored(built, asset, periods)
    assert broken_conservation(whole) == 0
    cell = next(cell for found in whole.cells.values() for cell in found if cell.row_count)
    frame = pl.read_parquet(built.path / cell.path)
    less = pl.when(pl.int_range(pl.len()) == 0).then(pl.col(column) - 1).otherwise(column)
    recorded_anew(built, cell, frame.with_columns(less.alias(column)))
    assert broken_conservation(stored(built, asset, periods)) == 1


def test_a_repeated_key_and_a_foreign_column_are_found(built: Root) -> None:
    whole = stored(built, "listener_days", ["2024-03"])
    assert (broken_grain(whole), broken_schema(whole)) == (0, 0)
    cell = next(cell for cell in whole.cells["2024-03"] if cell.row_count)
    frame = pl.read_parquet(built.path / cell.path)
    recorded_anew(built, cell, pl.concat([frame, frame.head(1)]).with_columns(extra=pl.lit(1)))
    other = stored(built, "listener_days", ["2024-03"])
    assert (broken_grain(other), broken_schema(other)) == (1, 1)


def test_losing_most_rows_warns_but_few_rows_do_not() -> None:
    empty = Stored(Lake(), GRAPH.find("listener_days"), {"2024-01": [], "2024-02": []}, {"2024-01": 500, "2024-02": 3})
    assert lost_rows(empty) == 1


def test_a_failing_contract_fails_the_run_and_blocks_what_is_downstream(root: Root, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(stored: Stored) -> int:
        return 2 if stored.declaration.key == "listens/plays" else broken_grain(stored)

    monkeypatch.setitem(check_results.CHECKS, "grain", broken)
    (run,) = backfill(root.path, ["tracks", "plays", "listens", "listener_days"], "2024-03", "2024-04")
    assert not run.success
    failed = [event.step_key for event in run.all_events if event.is_step_failure]
    started = {event.step_key for event in run.all_events if event.is_step_start}
    assert failed == ["listens__plays"]
    assert started == {"catalogue__tracks", "listens__plays"}
    key = dg.AssetKey(["listens", "plays"])
    evaluations = {found.check_name: found for found in run.get_asset_check_evaluations() if found.asset_key == key}
    assert evaluations["grain"].metadata["violations"].value == 2
    assert evaluations["schema"].passed

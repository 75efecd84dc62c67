"""Editions from the UI: their state, and jobs behind the gates of the commands."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import dagster as dg
import polars as pl
import pytest

from wrapped_assets.building.build import build
from wrapped_assets.building.coverage import coverage
from wrapped_assets.building.situate import Project
from wrapped_assets.contracts.graph import project_graph
from wrapped_assets.definitions import defs
from wrapped_assets.orchestration import editions
from wrapped_assets.orchestration.lake import Lake, open_project
from wrapped_assets.orchestration.mirror import mirror, state
from wrapped_assets.storage import publications
from wrapped_assets.storage.root import Root
from wrapped_assets_tests.small_roots import KEY, copied, import_small, import_text


@pytest.fixture(scope="module")
def _one_year(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One bucket and plays of two months of one year: what Dagster is told of each cell takes longer than the cell."""
    root = Root.open_or_make(tmp_path_factory.mktemp("one_year") / "root", 1, KEY)
    import_small(root, dict.fromkeys(("ana", "bo", "cy"), "2025-01-03 eple*4 walk, 2025-03-05 eple so_here*2 rain"))
    assert build(Project(root)).failed == []
    root.engine.dispose()
    return root.path


@pytest.fixture
def small(_one_year: Path, tmp_path: Path) -> Iterator[Root]:
    yield from copied(_one_year, tmp_path / "root")


@pytest.fixture
def instance(small: Root, monkeypatch: pytest.MonkeyPatch) -> Iterator[dg.DagsterInstance]:
    monkeypatch.setenv("WRAPPED_DATA", str(small.path))
    with dg.DagsterInstance.ephemeral() as made:
        yield made


def run(instance: dg.DagsterInstance, job: str, op: str, **config: object) -> str:
    """What a job's failure says; nothing where it succeeds."""
    made = dg.RunConfig(ops={op: {"config": config}}, resources={"lake": Lake()})
    done = defs.resolve_job_def(job).execute_in_process(instance=instance, run_config=made, raise_on_error=False)
    return "".join(str(event.event_specific_data.error) for event in done.all_events if event.is_step_failure)


def shown(instance: dg.DagsterInstance, year: int) -> dict[str, object]:
    """What the UI shows of a year."""
    wanted = dg.AssetRecordsFilter(editions.KEY, asset_partitions=[str(year)])
    (record,) = instance.fetch_materializations(wanted, limit=1).records
    return {name: found.value for name, found in record.asset_materialization.metadata.items()}


def is_same(instance: dg.DagsterInstance) -> bool:
    """Whether the check says that what is live is what is stored."""
    key = dg.AssetCheckKey(editions.KEY, editions.LIVE_IS_STORED)
    return instance.event_log_storage.get_asset_check_execution_history(key, limit=1)[0].evaluation.passed
@pytest.mark.slow
def test_a_year_is_published_outdated_refused_built_published_again_and_rolled_back(small: Root, instance: dg.DagsterInstance) -> None:
    assert run(instance, "publish", "publish_the_year", year=2025) == ""
    assert shown(instance, 2025).items() >= {"is_ready": 1, "is_live": 1, "publication": 1, "is_outdated": 0, "is_frozen": 1}.items()
    mirror(open_project(small.path), instance)
    before = state(small)
    assert is_same(instance)
    import_text(small, "ana", "2025-03-07 walk*3 eple")
    refused = run(instance, "publish", "publish_the_year", year=2025)
    assert "stale" in refused
    assert "ana" not in refused
    assert not build(Project(small)).failed
    mirror(open_project(small.path), instance)
    assert shown(instance, 2025).items() >= {"is_ready": 1, "publication": 1, "is_outdated": 1}.items()
    assert not is_same(instance)
    assert run(instance, "publish", "publish_the_year", year=2025) == ""
    assert state(small) != before
    mirror(open_project(small.path), instance)
    assert is_same(instance)
    assert run(instance, "rollback", "return_the_year", year=2025) == ""
    assert publications.live(small)[2025].number == 1
    assert shown(instance, 2025).items() >= {"publication": 1, "rolled_back_publications": 1}.items()
    assert "Error at" not in run(instance, "rollback", "return_the_year", year=2025)  # a sentence: there is none to return to
    assert run(instance, "rollback", "return_the_year", year=2025, to=2) == ""
    assert publications.live(small)[2025].number == 2


def test_an_approval_of_what_is_not_staged_is_refused_with_a_sentence(instance: dg.DagsterInstance) -> None:
    said = run(instance, "approve", "approve_the_export", export_id="0" * 32, role="privacy", approver="Ada Lind")
    assert said
    assert "Error at" not in said
    assert "Ada" not in said


def test_materializing_editions_looks_at_them(small: Root, instance: dg.DagsterInstance) -> None:
    done = defs.resolve_implicit_global_asset_job_def().execute_in_process(
        instance=instance, asset_selection=[editions.KEY], partition_key="2025", run_config=dg.RunConfig(resources={"lake": Lake()})
    )
    assert done.success
    assert shown(instance, 2025).items() >= {"is_ready": 1, "is_live": 0, "publication": 0}.items()
    assert is_same(instance)


def test_an_edition_covers_the_share_of_listens_that_have_an_attribute(household_to_read: Path) -> None:
    root = Root.open(household_to_read)
    listens = [row for path in household_to_read.glob("lake/listens/listens/2025-*/*.parquet") for row in pl.read_parquet(path).to_dicts()]
    of_genres = {row["recording_id"] for path in household_to_read.glob("lake/catalogue/recording_genres/2025*/*.parquet")
                 for row in pl.read_parquet(path).to_dicts()}  # fmt: skip
    found = coverage(root, project_graph(), [2022, 2025])
    assert found[2022] == {}
    assert (found[2025]["listens"], found[2025]["listeners"]) == (len(listens), len({row["listener_id"] for row in listens}))
    assert found[2025]["genre_coverage"] == pytest.approx(sum(row["recording_id"] in of_genres for row in listens) / len(listens))
    albums = sum(row["release_group_id"] is not None for row in listens)
    assert found[2025]["release_group_coverage"] == pytest.approx(albums / len(listens))
    assert {"country_coverage", "release_year_coverage"} < found[2025].keys()


@pytest.mark.slow
def test_a_damaged_file_takes_the_coverage_of_its_year_and_nothing_else(small: Root, instance: dg.DagsterInstance) -> None:
    assert run(instance, "publish", "publish_the_year", year=2025) == ""
    assert shown(instance, 2025)["listeners"] == 3
    damaged = min(small.path.glob("lake/insights/top_genres/2025*/*.parquet"))
    damaged.write_bytes(b"rotten")
    assert coverage(small, project_graph(), [2024, 2025])[2025] == {}
    mirror(open_project(small.path), instance)
    assert shown(instance, 2025).items() >= {"is_live": 1, "damaged_files": 1}.items()
    assert not is_same(instance)
    damaged.unlink()
    assert not build(Project(small)).failed
    mirror(open_project(small.path), instance)
    assert shown(instance, 2025).items() >= {"damaged_files": 0, "listeners": 3}.items()
    assert is_same(instance)

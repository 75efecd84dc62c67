"""Runs: the same bytes as without Dagster, nothing twice, and one event with its own version per partition."""

from pathlib import Path

import dagster as dg
import pytest
from dagster._core.definitions.data_version import CachingStaleStatusResolver
from dagster._core.loader import LoadingContextForTest

from wrapped_assets.building.build import build
from wrapped_assets.building.situate import Project
from wrapped_assets.contracts.errors import InputError
from wrapped_assets.definitions import defs
from wrapped_assets.orchestration.backfill import backfill
from wrapped_assets.orchestration.instance import open_instance
from wrapped_assets.orchestration.lake import Lake
from wrapped_assets.orchestration.partitions import ranges
from wrapped_assets.planning.plan import make_plan
from wrapped_assets.storage.root import Root
from wrapped_assets_tests.orchestration.conftest import data_versions, land, stored_bytes

FIRST, LAST = "2024-03", "2025-01"


@pytest.fixture(scope="module")
def materialised(root: Root) -> Root:
    runs = backfill(root.path, None, FIRST, LAST)
    assert [run.success for run in runs] == [True, True]
    return root


def events(root: Root, asset: str) -> dict[str, dg.AssetMaterialization]:
    """Period → the newest event of an asset."""
    with open_instance(root.path) as instance:
        records = instance.fetch_materializations(dg.AssetKey(asset.split("/")), limit=1000).records
    found = {record.partition_key: record.asset_materialization for record in reversed(records)}
    return {str(period): event for period, event in found.items() if event}


def number(event: dg.AssetMaterialization, name: str) -> object:
    return event.metadata[name].value


def test_a_range_of_months_and_years_equals_a_build(materialised: Root, tmp_path: Path) -> None:
    other = land(tmp_path / "other")
    assert not build(Project(other)).failed
    assert stored_bytes(materialised) == stored_bytes(other)
    assert not make_plan(Project(materialised).situation()).steps


def test_a_range_in_one_run_gives_each_partition_its_own_version(materialised: Root) -> None:
    versions = data_versions(materialised, "aggregates/listener_days")
    filled = {period: version for period, version in versions.items() if version != "empty"}
    assert set(filled) == {"2024-03", "2024-04", "2025-01"}
    assert len(set(filled.values())) == 3
    assert len(versions) == 11  # the months between are reported, too: nothing was landed
    found = events(materialised, "aggregates/listener_days")
    assert number(found["2024-03"], "dagster/partition_row_count") == 3
    assert number(found["2024-06"], "reasons") == "nothing landed"
    assert number(found["2025-01"], "dagster/row_count") == sum(number(event, "dagster/partition_row_count") for event in found.values())


def test_a_partition_has_one_event_a_run(materialised: Root) -> None:
    with open_instance(materialised.path) as instance:
        records = instance.fetch_materializations(
            dg.AssetRecordsFilter(dg.AssetKey(["insights", "top_artists"]), asset_partitions=["2024"]), limit=10
        ).records
        per_run = {record.event_log_entry.run_id for record in records}
    assert len(records) == len(per_run)


def test_dagster_finds_nothing_unsynced(materialised: Root) -> None:
    graph = defs.resolve_asset_graph()
    with open_instance(materialised.path) as instance:
        resolver = CachingStaleStatusResolver(instance, graph, LoadingContextForTest(instance))
        for key, period in (("aggregates/artist_history", "2025"), ("insights/discoveries", "2025"), ("listens/listens", "2024-04")):
            asset = dg.AssetKey(key.split("/"))
            assert resolver.get_status(asset, period).value == "FRESH", resolver.get_stale_causes(asset, period)


def test_a_second_run_recomputes_nothing_and_a_forced_one_only_its_buckets(materialised: Root) -> None:
    before, versions = stored_bytes(materialised), data_versions(materialised, "insights/top_artists")
    assert all(run.success for run in backfill(materialised.path, ["top_artists"], "2024", "2025"))
    found = events(materialised, "insights/top_artists")
    assert (number(found["2024"], "cells_recomputed"), number(found["2024"], "reasons")) == (2, "missing 2")  # not reported again
    assert (number(found["2025"], "cells_recomputed"), number(found["2025"], "reasons")) == (0, "nothing stale")  # the run looked
    assert number(found["2024"], "columns_changed") == "all"
    assert all(run.success for run in backfill(materialised.path, ["top_artists"], "2024", "2024", [1], "all"))
    again = events(materialised, "insights/top_artists")["2024"]
    assert [number(again, name) for name in ("cells_recomputed", "reasons", "columns_changed")] == [1, "asked 1", "none"]
    assert stored_bytes(materialised) == before
    assert data_versions(materialised, "insights/top_artists") == versions


def test_events_have_times_that_rise(materialised: Root) -> None:
    """The UI shows one event of several with the same millisecond."""
    with open_instance(materialised.path) as instance:
        asset = dg.AssetKey(["aggregates", "listener_days"])
        records = instance.fetch_materializations(asset, limit=1000, ascending=True).records
        times = [round(1000 * record.timestamp) for record in records]
        run = instance.get_run_records(limit=1)[0].dagster_run
        kept = [round(1000 * entry.timestamp) for entry in instance.all_logs(run.run_id)]
    assert len(times) >= 11
    assert times == sorted(set(times))
    assert kept == sorted(set(kept))


def test_all_events_are_in_one_database(materialised: Root) -> None:
    folder = materialised.path / "dagster" / "history" / "runs"
    assert {path.name for path in folder.glob("*.db")} == {"index.db"}


def test_checks_are_executed_without_their_asset(materialised: Root) -> None:
    before = events(materialised, "listens/plays")
    names = ("grain", "schema", "future")
    with open_instance(materialised.path) as instance:
        job = defs.resolve_implicit_global_asset_job_def().get_subset(
            asset_selection=[], asset_check_selection={dg.AssetCheckKey(dg.AssetKey(["listens", "plays"]), name) for name in names}
        )
        run = job.execute_in_process(instance=instance, run_config=dg.RunConfig(resources={"lake": Lake(data=str(materialised.path))}))
    assert {found.check_name: found.passed for found in run.get_asset_check_evaluations()} == dict.fromkeys(names, True)
    assert all(number(found, "cells") >= 6 for found in run.get_asset_check_evaluations())
    assert events(materialised, "listens/plays") == before


@pytest.mark.parametrize(("first", "last"), [("2025", "2024"), ("2024-13", "2024-14"), ("soon", "2024")])
def test_a_range_that_is_none_is_refused(first: str, last: str) -> None:
    with pytest.raises(InputError):
        ranges(first, last)


def test_a_range_of_years_means_their_months() -> None:
    assert ranges("2023", "2024") == [(True, "2023-01", "2024-12"), (False, "2023", "2024")]

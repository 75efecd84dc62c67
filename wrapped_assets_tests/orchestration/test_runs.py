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
from wrapped_assets.orchestration.backfill import backfill, ranges
from wrapped_assets.orchestration.instance import open_instance
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
    assert [number(event, "cells_recomputed") for event in events(materialised, "insights/top_artists").values()] == [0, 0]
    assert all(run.success for run in backfill(materialised.path, ["top_artists"], "2024", "2024", [1], "all"))
    assert number(events(materialised, "insights/top_artists")["2024"], "cells_recomputed") == 1
    assert stored_bytes(materialised) == before
    assert data_versions(materialised, "insights/top_artists") == versions


@pytest.mark.parametrize(("first", "last"), [("2025", "2024"), ("2024-13", "2024-14"), ("soon", "2024")])
def test_a_range_that_is_none_is_refused(first: str, last: str) -> None:
    with pytest.raises(InputError):
        ranges(first, last)


def test_a_range_of_years_means_their_months() -> None:
    assert ranges("2023", "2024") == [(True, "2023-01", "2024-12"), (False, "2023", "2024")]

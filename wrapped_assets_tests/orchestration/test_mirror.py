"""The mirror: what was imported and built without Dagster is shown by it."""

import dagster as dg
import pytest

from wrapped_assets.building.build import build
from wrapped_assets.building.situate import Project
from wrapped_assets.contracts.graph import project_graph
from wrapped_assets.orchestration import check_results
from wrapped_assets.orchestration.instance import open_instance
from wrapped_assets.orchestration.mirror import mirror, state
from wrapped_assets.orchestration.partitions import loaded_periods
from wrapped_assets.storage.root import Root
from wrapped_assets_tests.orchestration.conftest import data_versions


@pytest.fixture(scope="module")
def mirrored(root: Root) -> Root:
    """The root, built without Dagster and then told to it."""
    project = Project(root)
    before = state(root)
    build(project)
    assert state(root) != before
    with open_instance(root.path) as instance:
        assert mirror(project, instance) > 50
        assert mirror(project, instance) == 0
    return root


def filled(root: Root, asset: str) -> set[str]:
    return {period for period, version in data_versions(root, asset).items() if version != "empty"}


def test_the_mirror_tells_dagster_what_was_built_without_it(mirrored: Root) -> None:
    assert filled(mirrored, "insights/top_artists") == {"2024", "2025"}
    assert filled(mirrored, "sources/landed_plays") == {"2024-03", "2024-04", "2025-01"}
    assert filled(mirrored, "aggregates/listener_days") >= {"2024-03", "2024-04", "2025-01"}


def test_a_partition_that_can_hold_nothing_is_not_missing(mirrored: Root) -> None:
    for monthly in ("aggregates/listener_days", "sources/landed_plays", "sources/landed_tracks"):
        assert set(data_versions(mirrored, monthly)) == set(loaded_periods().months.get_partition_keys())
    assert set(data_versions(mirrored, "insights/top_artists")) == set(loaded_periods().years.get_partition_keys())


def test_the_checks_of_what_was_built_without_dagster_are_evaluated(mirrored: Root) -> None:
    with open_instance(mirrored.path) as instance:
        for declaration in project_graph().by_key.values():
            names = check_results.names_of(declaration)
            keys = [dg.AssetCheckKey(dg.AssetKey(declaration.key.split("/")), name) for name in names]
            found = instance.event_log_storage.get_latest_asset_check_execution_by_key(keys)
            assert {key.name for key, record in found.items() if record.evaluation and record.evaluation.passed} == set(names)


def test_an_event_says_why_cells_were_computed_and_not_that_a_run_did_nothing(mirrored: Root) -> None:
    with open_instance(mirrored.path) as instance:
        records = instance.fetch_materializations(dg.AssetKey(["aggregates", "listener_days"]), limit=1000).records
    said = {record.partition_key: record.asset_materialization.metadata for record in records}
    assert said["2024-03"]["reasons"].value == "missing 2"
    assert "cells_recomputed" not in said["2024-03"]
    assert said["2024-07"]["reasons"].value == "nothing landed"

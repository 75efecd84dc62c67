"""The mirror: what was imported and built without Dagster is shown by it."""

import dataclasses
from datetime import UTC, datetime

import dagster as dg
import pytest

from wrapped_assets.building.build import build
from wrapped_assets.building.situate import Project
from wrapped_assets.contracts.graph import project_graph
from wrapped_assets.contracts.stored_cell import StoredCell
from wrapped_assets.orchestration import check_results, materialisations
from wrapped_assets.orchestration.instance import open_instance
from wrapped_assets.orchestration.materialisations import Outcome
from wrapped_assets.orchestration.mirror import mirror, state
from wrapped_assets.orchestration.partitions import loaded_periods
from wrapped_assets.storage.root import Root
from wrapped_assets.vocabulary.periods import Cell
from wrapped_assets_tests.orchestration.conftest import data_versions
from wrapped_assets_tests.small_roots import import_text


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
    assert [said[month]["columns_changed"].value for month in ("2024-03", "2024-07")] == ["all", "none"]


def events(instance: dg.DagsterInstance, asset: str, period: str) -> list[dict[str, object]]:
    """What is said of a partition, the newest first."""
    records = dg.AssetRecordsFilter(dg.AssetKey(asset.split("/")), asset_partitions=[period])
    found = instance.fetch_materializations(records, limit=10).records
    return [{name: each.value for name, each in record.asset_materialization.metadata.items()} for record in found]


@pytest.mark.slow
def test_an_event_of_a_build_by_the_command_says_whether_the_output_changed_and_which_columns(
    small: Root, instance: dg.DagsterInstance
) -> None:
    mirror(Project(small), instance)
    (before,) = events(instance, "aggregates/listener_days", "2025-03")
    assert (before["output_changed"], before["columns_changed"]) == (1, "all")  # Dagster knew nothing of it
    import_text(small, "ana", "2025-03-06 so_here@23:10")  # another song on a day that has some
    build(Project(small))
    mirror(Project(small), instance)
    now, _ = events(instance, "aggregates/listener_days", "2025-03")
    assert (now["output_changed"], now["reasons"]) == (1, "column 1")
    assert now["columns_changed"] == "listen_count, ms_played, play_count, recording_count"
    assert len(events(instance, "aggregates/listener_days", "2025-02")) == 1  # came out as it was


def test_a_column_that_is_gone_is_told_and_not_named() -> None:
    """What is not declared may be said to nobody, and a run that drops a column must not fail for it."""
    days = project_graph().by_key["aggregates/listener_days"]
    cell = StoredCell(
        Cell(days.key, "2025-03", 0), "", "", "", "", "new", {"listen_count": "1"}, 1, 1, 0.1, "logic", "", "", datetime.now(UTC)
    )
    for before, said in (({"gone": "2", "listen_count": "1"}, "all"), ({"gone": "2", "listen_count": "2"}, "listen_count")):
        old = dataclasses.replace(cell, column_hashes=before)
        told = materialisations.materialisation(days, "2025-03", [cell], Outcome([cell.cell], (), {cell.cell: old}), "0" * 32, {})
        assert told.metadata["columns_changed"].value == said
        again = materialisations.materialisation(days, "2025-03", [cell], None, "0" * 32, {}, materialisations.columns_of([old]))
        assert again.metadata["columns_changed"].value == said


def test_short_names_of_columns_are_distinct() -> None:
    for declaration in project_graph().by_key.values():
        assert len({materialisations._short(name, materialisations.NAME_CHARACTERS) for name in declaration.schema}) == len(
            declaration.schema
        )

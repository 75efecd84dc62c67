"""The prune: history goes, and what the UI shows of partitions and checks stays."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import dagster as dg
import pytest
import sqlalchemy as sa

from wrapped_assets.building.situate import Project
from wrapped_assets.orchestration import pruning
from wrapped_assets.orchestration.backfill import backfill
from wrapped_assets.orchestration.instance import open_instance
from wrapped_assets.orchestration.mirror import mirror
from wrapped_assets.orchestration.pruning import Kept, prune
from wrapped_assets.storage.root import Root
from wrapped_assets_tests.orchestration.conftest import data_versions

LATER = datetime.now(UTC) + timedelta(days=31)
PLAYS = dg.AssetKey(["listens", "plays"])


def count(instance: dg.DagsterInstance, table: str) -> int:
    with instance.event_log_storage.index_connection() as connection:
        return connection.execute(sa.text(f"select count(*) from {table}")).scalar_one()


def test_old_history_goes_and_the_newest_of_each_partition_and_check_stays(root: Root) -> None:
    for _ in range(3):
        assert all(run.success for run in backfill(root.path, ["catalogue/tracks", "plays"], "2024-03", "2024-04", recompute="all"))
    versions = data_versions(root, "listens/plays")
    with open_instance(root.path) as instance:
        newest = instance.get_latest_materialization_event(PLAYS)
        assert prune(instance, Kept(), datetime.now(UTC)) == pruning.Pruned()
        assert prune(instance, Kept(), LATER).runs == 0  # the last runs stay
        events, runs = count(instance, "event_logs"), len(instance.get_runs())
        done = prune(instance, Kept(runs=1), LATER)
        assert (done.runs, len(instance.get_runs())) == (runs - 1, 1)
        assert prune(instance, Kept(runs=0), LATER).runs == 1
        assert count(instance, "event_logs") < events / 4
        assert instance.get_latest_materialization_event(PLAYS) == newest
        records = instance.fetch_materializations(PLAYS, limit=100).records
        assert sorted(record.partition_key for record in records) == ["2024-03", "2024-04"]
        (check,) = instance.event_log_storage.get_asset_check_execution_history(dg.AssetCheckKey(PLAYS, "grain"), limit=9)
        assert check.evaluation.passed
        assert prune(instance, Kept(runs=0), LATER) == pruning.Pruned()
    assert data_versions(root, "listens/plays") == versions
    with open_instance(root.path) as instance:
        mirror(Project(root), instance)
        assert mirror(Project(root), instance) == 0


def test_the_schedule_fires_once_a_night_and_its_job_runs(root: Root, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WRAPPED_DATA", str(root.path))
    with open_instance(root.path) as instance:
        at = datetime(2024, 6, 1, 5, tzinfo=UTC)
        asked = pruning.nightly_prune(dg.build_schedule_context(instance, scheduled_execution_time=at))
        assert asked.run_key == "prune 2024-06-01"
        assert pruning.prune_job.execute_in_process(instance=instance).success

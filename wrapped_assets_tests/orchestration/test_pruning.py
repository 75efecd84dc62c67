"""The prune: history goes, and what the UI shows of partitions and checks stays."""

from datetime import UTC, datetime, timedelta

import dagster as dg
import pytest
import sqlalchemy as sa
from dagster._core.execution.backfill import BulkActionStatus, PartitionBackfill
from dagster._core.storage.asset_check_execution_record import AssetCheckExecutionRecordStatus
from dagster._core.storage.tags import BACKFILL_ID_TAG

from wrapped_assets.building.situate import Project
from wrapped_assets.orchestration import pruning
from wrapped_assets.orchestration.backfill import backfill
from wrapped_assets.orchestration.instance import open_instance
from wrapped_assets.orchestration.mirror import mirror
from wrapped_assets.orchestration.pruning import Kept, prune
from wrapped_assets.storage.root import Root
from wrapped_assets_tests.orchestration.conftest import data_versions

LATER = datetime.now(UTC) + timedelta(days=31)
CHECK = dg.AssetCheckKey(dg.AssetKey("probe"), "whole")
PLAYS = dg.AssetKey(["listens", "plays"])


def count(instance: dg.DagsterInstance, table: str) -> int:
    with instance.event_log_storage.index_connection() as connection:
        return connection.execute(sa.text(f"select count(*) from {table}")).scalar_one()


@pytest.mark.slow
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


def test_nothing_of_a_run_under_way_is_removed(small: Root) -> None:
    """The run prunes all that it may, in the middle of itself: what ran before goes, and what it is about to say is still expected."""

    @dg.asset(check_specs=[dg.AssetCheckSpec("whole", asset="probe")])
    def probe(context: dg.AssetExecutionContext):
        before = [entry.dagster_event_type for entry in context.instance.all_logs(context.run.run_id)]
        prune(context.instance, Kept(days=0, runs=0), LATER)
        assert [entry.dagster_event_type for entry in context.instance.all_logs(context.run.run_id)] == before
        (planned, *_) = context.instance.event_log_storage.get_asset_check_execution_history(CHECK, limit=1)
        assert (planned.run_id, planned.status) == (context.run.run_id, AssetCheckExecutionRecordStatus.PLANNED)
        yield dg.MaterializeResult()
        yield dg.AssetCheckResult(passed=True, check_name="whole")

    with open_instance(small.path) as instance:
        waiting = dg.DagsterRun("months", run_id="0" * 32, status=dg.DagsterRunStatus.STARTING)
        instance.add_run(waiting)
        instance.report_engine_event("is queued", waiting)
        assert dg.materialize([probe], instance=instance).success
        last = dg.materialize([probe], instance=instance)
        assert last.success
        assert {run.run_id for run in instance.get_runs()} == {waiting.run_id, last.run_id}
        assert instance.all_logs(waiting.run_id)
        evaluated, _newest_at_that_time = instance.event_log_storage.get_asset_check_execution_history(CHECK, limit=9)
        assert (evaluated.run_id, evaluated.status) == (last.run_id, AssetCheckExecutionRecordStatus.SUCCEEDED)


def test_the_runs_of_a_backfill_stay_until_it_ends_and_old_databases_of_runs_that_are_gone_go(small: Root) -> None:
    """Dagster reads how far a backfill is from its runs. Databases of single runs are of older versions, or left by a kill."""
    with open_instance(small.path) as instance:
        backfill = PartitionBackfill("abc", BulkActionStatus.REQUESTED, False, {}, LATER.timestamp(), asset_selection=[PLAYS])
        instance.add_backfill(backfill)
        for number, tags in enumerate(({BACKFILL_ID_TAG: "abc"}, {})):
            instance.add_run(dg.DagsterRun("months", run_id=str(number) * 32, status=dg.DagsterRunStatus.SUCCESS, tags=tags))
        folder = small.path / "dagster" / "history" / "runs"
        for number in "012":
            (folder / f"{number * 32}.db").touch()
            (folder / f"{number * 32}.db-wal").touch()
        assert prune(instance, Kept(days=0, runs=0), LATER).runs == 1
        assert [run.run_id for run in instance.get_runs()] == ["0" * 32]
        assert {path.name.partition(".")[0] for path in folder.glob("*.db*")} == {"index", "0" * 32}
        for status in (BulkActionStatus.CANCELING, BulkActionStatus.FAILING):
            instance.update_backfill(backfill.with_status(status))
            assert prune(instance, Kept(days=0, runs=0), LATER).runs == 0
        instance.update_backfill(backfill.with_status(BulkActionStatus.COMPLETED_SUCCESS))
        assert prune(instance, Kept(days=0, runs=0), LATER).runs == 1
        assert {path.name.partition(".")[0] for path in folder.glob("*.db*")} == {"index"}


def test_the_schedule_fires_once_a_night_and_its_job_runs(root: Root, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WRAPPED_DATA", str(root.path))
    with open_instance(root.path) as instance:
        at = datetime(2024, 6, 1, 5, tzinfo=UTC)
        asked = pruning.nightly_prune(dg.build_schedule_context(instance, scheduled_execution_time=at))
        assert asked.run_key == "prune 2024-06-01"
        assert pruning.prune_job.execute_in_process(instance=instance).success

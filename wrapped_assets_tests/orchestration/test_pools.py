"""The pool `memory` in the instance of `wrapped ui`: runs that need a machine's memory take turns, however many an operator allows."""

from pathlib import Path

import dagster as dg
import pytest
import yaml
from dagster._core.execution.api import create_execution_plan
from dagster._core.remote_origin import InProcessCodeLocationOrigin, RemoteJobOrigin, RemoteRepositoryOrigin
from dagster._core.types.loadable_target_origin import LoadableTargetOrigin
from dagster._daemon.run_coordinator.queued_run_coordinator_daemon import QueuedRunCoordinatorDaemon

from wrapped_assets.definitions import defs
from wrapped_assets.orchestration.instance import open_instance, prepare

LOCATION = InProcessCodeLocationOrigin(LoadableTargetOrigin(module_name="wrapped_assets.definitions"), location_name="wrapped_assets")


def queue(instance: dg.DagsterInstance, job: str, *assets: str) -> str:
    """Puts a run of some assets on the queue, as the webserver and the daemon do; returns its id."""
    made = defs.resolve_job_def(job).get_subset(asset_selection={dg.AssetKey(asset.split("/")) for asset in assets})
    run = instance.create_run_for_job(
        made, execution_plan=create_execution_plan(made), asset_selection=made.asset_selection, status=dg.DagsterRunStatus.QUEUED,
        remote_job_origin=RemoteJobOrigin(RemoteRepositoryOrigin(LOCATION, "__repository__"), job),
    )  # fmt: skip
    return run.run_id


def let_start(instance: dg.DagsterInstance) -> set[str]:
    """Starts the runs that the queue lets start now."""
    found = QueuedRunCoordinatorDaemon(interval_seconds=1)._get_runs_to_dequeue(instance, instance.get_concurrency_config(), None)
    for run in found:
        for kind in (dg.DagsterEventType.PIPELINE_STARTING, dg.DagsterEventType.PIPELINE_START):
            instance.report_dagster_event(dg.DagsterEvent(kind.value, run.job_name), run.run_id)
    return {run.run_id for run in found}


@pytest.mark.parametrize("allowed", [1, 4])
def test_two_runs_that_need_the_memory_are_never_under_way_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, allowed: int) -> None:
    monkeypatch.setenv("WRAPPED_DATA", str(tmp_path))
    prepare(tmp_path)
    file = tmp_path / "dagster" / "dagster.yaml"
    settings = yaml.safe_load(file.read_text())
    settings["concurrency"]["runs"]["max_concurrent_runs"] = allowed
    file.write_text(yaml.safe_dump(settings))
    with open_instance(tmp_path) as instance:
        heavy = [queue(instance, "years", asset, "insights/top_artists") for asset in ("population/artist_chart", "population/axis_ladder")]
        light = [queue(instance, "months", "listens/plays"), queue(instance, "years", "insights/top_artists")]
        started = let_start(instance)
        assert started == ({heavy[0]} if allowed == 1 else {heavy[0], *light})
        assert not let_start(instance)
        instance.report_run_canceled(instance.get_run_by_id(heavy[0]))
        assert heavy[1] in let_start(instance)

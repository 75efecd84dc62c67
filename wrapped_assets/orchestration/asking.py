"""Who may ask for a run of assets by itself: one of the planner and the schedules, and none while such a run is queued or under way.

When the daemon starts, schedules that fell due while it was off are evaluated beside the planner. Each would ask for the stale months.
What was asked for is noted here until Dagster has recorded a run of it.
"""

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager

import dagster as dg
import orjson
from dagster._core.definitions.assets.job.asset_job import IMPLICIT_ASSET_JOB_NAME
from dagster._core.definitions.run_request import InstigatorType
from dagster._core.execution.backfill import BulkActionsFilter, BulkActionStatus
from dagster._core.scheduler.instigation import InstigatorStatus, TickStatus
from dagster._core.storage.dagster_run import NOT_FINISHED_STATUSES
from dagster._core.storage.tags import RUN_KEY_TAG

from wrapped_assets.orchestration.rebuilding import BUILD, RETRY
from wrapped_assets.orchestration.spans import SPANS
from wrapped_assets.orchestration.staleness import MONTHS, YEARS
from wrapped_assets.orchestration.where import data_root, storage_folder

JOBS = frozenset({MONTHS, YEARS, SPANS, BUILD, RETRY, IMPLICIT_ASSET_JOB_NAME})
PLANNER = "planner"
ASKING = "wrapped/asking"  # among the daemon's cursors: who asked last, for what, and when
RECORDED_SECONDS = 180  # within them Dagster records a run of what was asked for, unless its daemon was killed
SUBMITTED_SECONDS = 600  # within them a recorded run is queued; otherwise the process that recorded it was killed
RESUMED_SECONDS = 86_400  # within them Dagster goes on with a tick that ended between asking and recording, and once if it failed there
BUSY = "A run is queued or under way."
JUST_ASKED = "A run was asked for a moment ago."


def why_not_now(instance: dg.DagsterInstance, by: str, run_key: str) -> str | None:
    """Why `by` may not ask for a run now; None where it may, and nobody else may until Dagster recorded the run or failed to."""
    with _alone():
        if is_busy(instance):
            return BUSY
        last = orjson.loads(instance.daemon_cursor_storage.get_cursor_values({ASKING}).get(ASKING) or "{}")
        if last and last["by"] != by and 0 <= time.time() - last["at"] < RECORDED_SECONDS and not was_asked(instance, last["run_key"]):
            return JUST_ASKED
        now = {"by": by, "run_key": run_key, "at": time.time()}
        instance.daemon_cursor_storage.set_cursor_values({ASKING: orjson.dumps(now).decode()})
        return None


def was_asked(instance: dg.DagsterInstance, run_key: str) -> bool:
    """Whether Dagster has recorded a run of this key."""
    return bool(instance.get_run_records(dg.RunsFilter(tags={RUN_KEY_TAG: run_key}), limit=1))


def is_busy(instance: dg.DagsterInstance) -> bool:
    """Whether a run of assets, or a backfill, is queued or under way, or will be once the daemon goes on with an interrupted tick."""
    runs = instance.get_run_records(dg.RunsFilter(statuses=NOT_FINISHED_STATUSES))
    backfills = instance.get_backfills(
        BulkActionsFilter(statuses=[BulkActionStatus.REQUESTED, BulkActionStatus.CANCELING, BulkActionStatus.FAILING]), limit=1
    )
    return bool(backfills) or any(run.dagster_run.job_name in JOBS and not _is_abandoned(run) for run in runs) or _is_resumed(instance)


def _is_abandoned(run: dg.RunRecord) -> bool:
    """A run that was recorded and never queued: nothing of Dagster's ends it, and it would hold up every other for good."""
    never_queued = run.dagster_run.status is dg.DagsterRunStatus.NOT_STARTED
    return never_queued and time.time() - run.update_timestamp.timestamp() > SUBMITTED_SECONDS


def _is_resumed(instance: dg.DagsterInstance) -> bool:
    """Whether the planner had asked for a run that Dagster did not record before it was killed or failed: it will, whatever comes first."""
    for state in instance.all_instigator_state(instigator_type=InstigatorType.SENSOR) if instance.schedule_storage else ():
        if state.instigator_name == PLANNER and state.status is not InstigatorStatus.STOPPED:
            for tick in instance.get_ticks(state.instigator_origin_id, state.selector_id, limit=1):
                goes_on = tick.status is TickStatus.STARTED or (tick.status is TickStatus.FAILURE and tick.failure_count <= 1)
                if goes_on and tick.unsubmitted_run_ids_with_requests and time.time() - tick.timestamp < RESUMED_SECONDS:
                    return True
    return False


@contextmanager
def _alone() -> Iterator[None]:
    """Holds a lock that the system frees however the process ends."""
    path = storage_folder(data_root()) / "asking.lock"
    path.parent.mkdir(parents=True, exist_ok=True)
    handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)

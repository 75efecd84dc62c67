"""Who may ask for a run by itself: one asker of a lane at a time, and none while a run of the lane is queued or under way.

A lane is work of which two runs at once are one too many. The planner and the schedules ask for runs of assets: when the daemon starts,
schedules that fell due while it was off are evaluated beside the planner, and each would ask for the stale months. A launch and a
withdrawal have a lane each, for they wait for no run of assets. What was asked for is noted here until Dagster has recorded a run of it.
"""

import fcntl
import os
import secrets
import time
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import dagster as dg
import orjson
from dagster._core.definitions.assets.job.asset_job import IMPLICIT_ASSET_JOB_NAME
from dagster._core.definitions.run_request import InstigatorType
from dagster._core.execution.backfill import BulkActionsFilter, BulkActionStatus
from dagster._core.scheduler.instigation import InstigatorStatus, TickStatus
from dagster._core.storage.dagster_run import NOT_FINISHED_STATUSES
from dagster._core.storage.tags import RUN_KEY_TAG

from wrapped_assets.orchestration.life_locks import lives
from wrapped_assets.orchestration.rebuilding import BUILD, RETRY
from wrapped_assets.orchestration.spans import SPANS
from wrapped_assets.orchestration.staleness import MONTHS, YEARS
from wrapped_assets.orchestration.where import data_root, storage_folder

JOBS = frozenset({MONTHS, YEARS, SPANS, BUILD, RETRY, IMPLICIT_ASSET_JOB_NAME})
PLANNER = "planner"
ASKING = "wrapped/asking"  # among the daemon's cursors, by lane: who asked last, for what, and when
RECORDED_SECONDS = 180  # within them Dagster records a run of what was asked for, unless its daemon was killed
SUBMITTED_SECONDS = 600  # within them a recorded run is queued; otherwise the process that recorded it was killed
RESUMED_SECONDS = 86_400  # within them Dagster goes on with a tick that ended between asking and recording, and once if it failed there
BUSY = "A run is queued or under way."
JUST_ASKED = "A run was asked for a moment ago."


@dataclass(frozen=True)
class Lane:
    """The jobs that take turns, the sensor that asks for them, and other lanes whose runs they wait for besides."""

    name: str
    jobs: frozenset[str]
    sensor: str
    waits_for: tuple["Lane", ...] = field(default=())
    waits_for_backfills: bool = False

    @property
    def note(self) -> str:
        """The cursor that says who asked last."""
        return f"{ASKING}/{self.name}"


LAUNCH = Lane("launch", frozenset({"launch"}), "launches")
WITHDRAWAL = Lane("withdrawal", frozenset({"withdraw"}), "withdrawals")
ASSETS = Lane("assets", JOBS, PLANNER, waits_for=(LAUNCH,), waits_for_backfills=True)  # at its instant a launch has the machine for itself
LANES = (ASSETS, LAUNCH, WITHDRAWAL)


def why_not_now(instance: dg.DagsterInstance, by: str, run_key: str, lane: Lane = ASSETS) -> str | None:
    """Why `by` may not ask for a run now; None where it may, and nobody else may until Dagster recorded the run or failed to.

    Nobody else is every other asker, and the same one in another process, as two daemons on one storage have it.
    """
    with _alone():
        if is_busy(instance, lane):
            return BUSY
        last = orjson.loads(instance.daemon_cursor_storage.get_cursor_values({lane.note}).get(lane.note) or "{}")
        if last and 0 <= time.time() - last["at"] < RECORDED_SECONDS and not was_asked(instance, last["run_key"]) and _is_another(last, by):
            return JUST_ASKED
        now = {"by": by, "process": this_process(), "run_key": run_key, "at": time.time()}
        instance.daemon_cursor_storage.set_cursor_values({lane.note: orjson.dumps(now).decode()})
        return None


def _is_another(last: Mapping[str, str], by: str) -> bool:
    """Whether whoever asked last is somebody else, and may still be about to record a run. A process that ended records nothing."""
    return last["process"] != this_process() and _lives(last["process"]) if last["by"] == by else True


def this_process() -> str:
    """A name of this process, under which it holds a lock until it ends, however it does."""
    folder, pid = _folder(), os.getpid()
    if (folder, pid) not in _HELD:
        for each in sorted(folder.glob("*-*")):  # files of processes that ended
            _lives(each.name)
        name = f"{pid}-{secrets.token_hex(8)}"
        _HELD[folder, pid] = name, _locked(folder / name)
    return _HELD[folder, pid][0]


_HELD: dict[tuple[Path, int], tuple[str, int]] = {}  # folder and process → its name, and the lock's handle


def _lives(name: str) -> bool:
    """Whether the process of this name still holds its lock."""
    return lives(_folder() / name)


def was_asked(instance: dg.DagsterInstance, run_key: str) -> bool:
    """Whether Dagster has recorded a run of this key."""
    return bool(instance.get_run_records(dg.RunsFilter(tags={RUN_KEY_TAG: run_key}), limit=1))


def is_busy(instance: dg.DagsterInstance, lane: Lane = ASSETS) -> bool:
    """Whether a run that the lane waits for is queued or under way, or will be once the daemon goes on with an interrupted tick."""
    runs = instance.get_run_records(dg.RunsFilter(statuses=NOT_FINISHED_STATUSES))
    lanes = (lane, *lane.waits_for)
    jobs = frozenset[str]().union(*(each.jobs for each in lanes))
    return (
        (lane.waits_for_backfills and _has_backfills(instance))
        or any(run.dagster_run.job_name in jobs and not _is_abandoned(run) for run in runs)
        or _is_resumed(instance, {each.sensor for each in lanes})
    )


def _has_backfills(instance: dg.DagsterInstance) -> bool:
    under_way = [BulkActionStatus.REQUESTED, BulkActionStatus.CANCELING, BulkActionStatus.FAILING]
    return bool(instance.get_backfills(BulkActionsFilter(statuses=under_way), limit=1))


def _is_abandoned(run: dg.RunRecord) -> bool:
    """A run that was recorded and never queued: nothing of Dagster's ends it, and it would hold up every other for good."""
    never_queued = run.dagster_run.status is dg.DagsterRunStatus.NOT_STARTED
    return never_queued and time.time() - run.update_timestamp.timestamp() > SUBMITTED_SECONDS


def _is_resumed(instance: dg.DagsterInstance, sensors: Collection[str]) -> bool:
    """Whether one of the sensors had asked for a run that Dagster did not record before it was killed or failed: it will, come what may."""
    for state in instance.all_instigator_state(instigator_type=InstigatorType.SENSOR) if instance.schedule_storage else ():
        if state.instigator_name in sensors and state.status is not InstigatorStatus.STOPPED:
            for tick in instance.get_ticks(state.instigator_origin_id, state.selector_id, limit=1):
                goes_on = tick.status is TickStatus.STARTED or (tick.status is TickStatus.FAILURE and tick.failure_count <= 1)
                if goes_on and tick.unsubmitted_run_ids_with_requests and time.time() - tick.timestamp < RESUMED_SECONDS:
                    return True
    return False


@contextmanager
def _alone() -> Iterator[None]:
    """Holds a lock that the system frees however the process ends."""
    handle = _locked(storage_folder(data_root()) / "asking.lock")
    try:
        yield
    finally:
        os.close(handle)


def _locked(path: Path) -> int:
    path.parent.mkdir(parents=True, exist_ok=True)
    handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    fcntl.flock(handle, fcntl.LOCK_EX)
    return handle


def _folder() -> Path:
    return storage_folder(data_root()) / "asking"

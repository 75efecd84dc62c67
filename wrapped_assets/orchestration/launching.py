"""Launches runs as Dagster does, and can tell whether the process of a run is still there.

Dagster's own launcher cannot: a run whose process was killed, or went with the machine's power, would stay `started` for good and hold up
every other. Here a run's process holds a lock, which the system frees however it ends, and the monitoring daemon looks at it.
"""

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import dagster as dg
from dagster._core.events import DagsterEvent
from dagster._core.execution.context.system import PlanOrchestrationContext
from dagster._core.execution.plan.plan import ExecutionPlan
from dagster._core.execution.retries import RetryMode
from dagster._core.executor.in_process import InProcessExecutor
from dagster._core.launcher import CheckRunHealthResult, DefaultRunLauncher, WorkerStatus
from dagster._core.storage.tags import GRPC_INFO_TAG

from wrapped_assets.orchestration.life_locks import lives
from wrapped_assets.orchestration.where import data_root, storage_folder

FIRST_SECONDS = 60  # a run that started within them may not hold its lock yet
GONE = "The run's process is no longer there."


class Launcher(DefaultRunLauncher):
    """Runs in processes of the code server, whose health is known."""

    @property
    def supports_check_run_worker_health(self) -> bool:
        return True

    def check_run_worker_health(self, run: dg.DagsterRun) -> CheckRunHealthResult:
        """Whether the run's process holds its lock. A run that was started otherwise and never had one is left alone."""
        had_a_lock = GRPC_INFO_TAG in run.tags or _lock(run.run_id).exists()  # `dg launch` takes one, too
        if not had_a_lock or _is_held(run.run_id):
            return CheckRunHealthResult(WorkerStatus.RUNNING)
        record = self._instance.get_run_record_by_id(run.run_id)
        if record and record.start_time and time.time() - record.start_time < FIRST_SECONDS:
            return CheckRunHealthResult(WorkerStatus.RUNNING)
        return CheckRunHealthResult(WorkerStatus.NOT_FOUND, GONE)


class HeldRun(InProcessExecutor):
    """Executes a run's steps in its process, which holds the run's lock meanwhile."""

    def execute(self, plan_context: PlanOrchestrationContext, execution_plan: ExecutionPlan) -> Iterator[DagsterEvent]:
        with held(plan_context.run_id):
            yield from super().execute(plan_context, execution_plan)


@dg.executor(name="in_process", config_schema={})
def executor(_: dg.InitExecutorContext) -> HeldRun:
    """All steps in the run's process; Polars uses all cores."""
    return HeldRun(RetryMode.ENABLED)


@contextmanager
def held(run_id: str) -> Iterator[None]:
    """Holds a run's lock."""
    path = _lock(run_id)
    path.parent.mkdir(parents=True, exist_ok=True)
    handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        path.unlink(missing_ok=True)
        os.close(handle)


def _lock(run_id: str) -> Path:
    return storage_folder(data_root()) / "running" / run_id


def _is_held(run_id: str) -> bool:
    return lives(_lock(run_id))

"""Queues runs as Dagster does, except those that may not wait: a launch at its instant, and what people took back.

Runs of assets take turns, and one may take hours. A run with the tag of AT_ONCE starts beside it; no other run starts meanwhile.
"""

import dagster as dg
from dagster._core.run_coordinator import QueuedRunCoordinator, SubmitRunContext

AT_ONCE = {"wrapped/at_once": "true"}
BEFORE_OTHERS = {"dagster/priority": "2"}  # among those that wait


class Coordinator(QueuedRunCoordinator):
    """The queue of `wrapped ui`. How many runs are under way at once is among the instance's settings."""

    def submit_run(self, context: SubmitRunContext) -> dg.DagsterRun:
        """Queues a run, or starts it where it may not wait."""
        run = context.dagster_run
        if run.status is not dg.DagsterRunStatus.NOT_STARTED or not AT_ONCE.items() <= run.tags.items():
            return super().submit_run(context)
        return self._instance.launch_run(run.run_id, context.workspace)

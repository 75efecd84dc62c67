"""The process of a worker on Ray.

Ray imports this module to make the worker, so nothing is imported here that imports Polars: its threads and its memory are settled before.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from wrapped_assets.storage.memory import use_again

if TYPE_CHECKING:
    from wrapped_assets.building.executor import Greeting, Outcome, Task


class Station:
    """A worker with one processor."""

    def __init__(self) -> None:
        os.environ.setdefault("POLARS_MAX_THREADS", "1")
        use_again()
        self._worker: Any = None

    def has_begun(self) -> None:
        """Answered once the cluster has a processor for this process."""

    def carry_out(self, greeting: Greeting | None, task: Task) -> Outcome:
        from wrapped_assets.building.worker import UnitWorker

        if greeting is not None:
            self._worker = UnitWorker(greeting)
        outcome: Outcome = self._worker.carry_out(task)
        return outcome

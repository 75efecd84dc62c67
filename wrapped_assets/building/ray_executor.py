"""Carries out units on a Ray cluster: Ray places the workers, starts their processes and notices when one is gone.

A worker is an actor with one processor. Its process imports `wrapped_assets` from its own machine's installation, so whatever runs there is
compared with the build before it computes anything.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from wrapped_assets.building.executor import Executor, Greeting, Outcome, Task, Worker, WorkerLost
from wrapped_assets.building.local_executor import processors
from wrapped_assets.building.ray_cluster import STARTED_HERE, Cluster, look_ahead
from wrapped_assets.building.station import Station
from wrapped_assets.contracts.errors import BuildError


class OnRay(Executor):
    """A Ray cluster: one that is started here, the one of this machine, or one behind an address `ray://HOST:PORT`.

    It is started, or joined, when somebody asks for what only the cluster knows or can do: a build with nothing to compute never does.
    """

    def __init__(self, address: str, workers: int = 0) -> None:
        """InputError as `look_ahead` has it. A cluster that is started here has room for so many workers."""
        look_ahead(address)
        self._address, self._places = address, max(workers, processors())
        self._cluster: Cluster | None = None
        self._told: tuple[Greeting, Any] | None = None

    @property
    def ray(self) -> Any:
        """Ray's library, connected to the cluster. InputError where that cannot be reached."""
        if self._cluster is None:
            self._cluster = Cluster(self._address, self._places)
        return self._cluster.ray

    def capacity(self) -> int:
        if self._address == STARTED_HERE:
            return self._places
        return max(1, int(self.ray.cluster_resources().get("CPU", 1)))

    def start(self, greeting: Greeting, count: int) -> Actor:
        if self._told is None or self._told[0] is not greeting:
            self._told = greeting, self.ray.put(greeting)
        return Actor(self.ray, self._told[1])

    def ready(self, workers: Collection[Worker], seconds: float) -> list[Worker]:
        asked = {worker.reference: worker for worker in workers if isinstance(worker, Actor)}
        found, _ = self.ray.wait(list(asked), num_returns=1, timeout=max(0.0, seconds))
        if found:  # and those that have finished beside it
            found, _ = self.ray.wait(list(asked), num_returns=len(asked), timeout=0)
        return [asked[reference] for reference in found]

    def close(self) -> None:
        if self._cluster is not None:
            self._cluster.close()


class Actor(Worker):
    """A worker somewhere in the cluster."""

    def __init__(self, ray: Any, told: Any) -> None:
        self._ray = ray
        self._actor = ray.remote(Station).options(num_cpus=1, max_restarts=0, max_task_retries=0).remote()
        self._has_begun: Any = self._actor.has_begun.remote()  # None once that is known
        self._told = told
        self.reference: Any = None

    def waits(self) -> bool:
        if self._has_begun is not None and self._ray.wait([self._has_begun], timeout=0)[0]:  # or is lost, which its first task shows
            self._has_begun = None
        return self._has_begun is not None

    def give(self, task: Task) -> None:
        told, self._told = self._told, None
        self.reference = self._actor.carry_out.remote(told, task)

    def answer(self) -> Outcome:
        try:
            outcome: Outcome = self._ray.get(self.reference)
            return outcome
        except self._ray.exceptions.RayActorError:
            raise WorkerLost("a worker on Ray ended") from None
        except self._ray.exceptions.RayTaskError as error:  # its text may quote anything
            cause = type(error.cause).__name__ if getattr(error, "cause", None) else "an error"
            raise BuildError(f"a worker on Ray could not begin ({cause}): install the same version on every machine") from None
        except self._ray.exceptions.RayError as error:
            raise WorkerLost(f"a worker on Ray was lost ({type(error).__name__})") from None

    def end(self) -> None:
        self._ray.kill(self._actor)

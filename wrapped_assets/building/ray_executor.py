"""Carries out units on a Ray cluster: Ray places the workers, starts their processes and notices when one is gone.

A worker is an actor with one processor. Its process imports `wrapped_assets` from its own machine's installation, so whatever runs there is
compared with the build before it computes anything.
"""

from __future__ import annotations

import importlib
import logging
import os
import shutil
import subprocess
import sys
import tempfile
import warnings
from collections.abc import Collection
from pathlib import Path
from typing import Any

from wrapped_assets.building.executor import Executor, Greeting, Outcome, Task, Worker, WorkerLost
from wrapped_assets.building.local_executor import processors
from wrapped_assets.contracts.errors import BuildError, InputError

STARTED_HERE = "ray"  # a cluster of this machine alone, for one build
JOINED = "auto"  # the cluster that this machine belongs to
_TOKENS = ("RAY_AUTH_TOKEN", "RAY_AUTH_TOKEN_PATH")
_GONE = (
    "wrapped: the build was ended with its Ray cluster, whose head may be gone. Cells that were recorded stay: run the build again when "
    "the cluster is back, or without --on"
)
_LOOPBACK = "127.0.0.1"
_OBJECT_BYTES = 100 << 20  # what Ray keeps in memory between processes: here nothing but what workers are told


def is_address(text: str) -> bool:
    """Whether `--on` names Ray, and not this machine's own processes."""
    return text in (STARTED_HERE, JOINED) or text.startswith("ray://")


class OnRay(Executor):
    """A Ray cluster: one that is started here, the one of this machine, or one behind an address `ray://HOST:PORT`."""

    def __init__(self, address: str, workers: int = 0) -> None:
        """InputError where Ray is not installed or cannot be reached. One that is started here has room for so many workers."""
        self._ray = _ray(is_alone=address == STARTED_HERE)
        if self._ray.is_initialized():
            raise InputError("this process is connected to Ray already: a process can compute on one cluster at a time")
        self._watch = _Watch()
        self._folder = Path(tempfile.mkdtemp(prefix="ray-")) if address == STARTED_HERE else None
        self._told: tuple[Greeting, Any] | None = None
        try:
            self._connect(address, max(workers, processors()))
        except Exception as error:  # noqa: BLE001 (of whatever kind Ray's are)
            self.close()
            raise InputError(
                f"there is no Ray cluster at {address!r} ({type(error).__name__}: {error}): start one with `ray start --head`, name it as "
                f"ray://HOST:10001, or take `--on {STARTED_HERE}`, which starts one on this machine for one build. A cluster that gets "
                "a wrong token or none (RAY_AUTH_TOKEN) does not answer either"
            ) from None

    def _connect(self, address: str, places: int) -> None:
        quiet: dict[str, Any] = {"log_to_driver": False, "configure_logging": False}
        if address != STARTED_HERE:
            logging.getLogger("ray").setLevel(logging.WARNING)
            with warnings.catch_warnings(action="ignore"):  # what it warns of while nobody answers, our error says
                self._ray.init(address, **({} if address.startswith("ray://") else quiet))
            return
        self._ray.init(
            num_cpus=places, include_dashboard=False, object_store_memory=_OBJECT_BYTES, _node_ip_address=_LOOPBACK,
            _temp_dir=str(self._folder), **quiet,
        )  # fmt: skip
        if (at := self._ray.util.get_node_ip_address()) != _LOOPBACK:
            raise ConnectionError(f"Ray would listen at {at}, where other machines reach it")

    def capacity(self) -> int:
        return max(1, int(self._ray.cluster_resources().get("CPU", 1)))

    def start(self, greeting: Greeting, count: int) -> Actor:
        if self._told is None or self._told[0] is not greeting:
            self._told = greeting, self._ray.put(greeting)
        return Actor(self._ray, self._told[1])

    def ready(self, workers: Collection[Worker], seconds: float) -> list[Worker]:
        asked = {worker.reference: worker for worker in workers if isinstance(worker, Actor)}
        found, _ = self._ray.wait(list(asked), num_returns=1, timeout=max(0.0, seconds))
        if found:  # and those that have finished beside it
            found, _ = self._ray.wait(list(asked), num_returns=len(asked), timeout=0)
        return [asked[reference] for reference in found]

    def close(self) -> None:
        self._ray.shutdown()
        self._watch.close()
        if self._folder is not None:
            shutil.rmtree(self._folder, ignore_errors=True)


class _Watch:
    """A process that says what happened where this one is ended without a word, as Ray's library ends a process whose cluster is gone."""

    def __init__(self) -> None:
        code = f"import sys; sys.stdin.buffer.read() or print({_GONE!r}, file=sys.stderr)"
        command = [sys.executable, "-I", "-S", "-c", code]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, start_new_session=True)  # noqa: S603

    def close(self) -> None:
        self._process.communicate(b"done")


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


class Station:
    """The process of a worker. Nothing is imported before it knows how many threads Polars may have."""

    def __init__(self) -> None:
        os.environ.setdefault("POLARS_MAX_THREADS", "1")  # one processor is the worker's own
        self._worker: Any = None

    def has_begun(self) -> None:
        """Answered once the cluster has a processor for this process."""

    def carry_out(self, greeting: Greeting | None, task: Task) -> Outcome:
        from wrapped_assets.building.worker import UnitWorker

        if greeting is not None:
            self._worker = UnitWorker(greeting)
        outcome: Outcome = self._worker.carry_out(task)
        return outcome


def _ray(*, is_alone: bool) -> Any:
    """The library, which reports nothing to its makers. InputError where it is not installed."""
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
    if is_alone or any(os.environ.get(name) for name in _TOKENS) or (Path.home() / ".ray" / "auth_token").exists():
        os.environ.setdefault("RAY_AUTH_MODE", "token")  # as by default, without a word about it, and through ray:// too
    if is_alone:
        # Otherwise Ray takes 127.0.0.1 for the machine's own address. Read when Ray is imported, and by its processes.
        os.environ.setdefault("RAY_ENABLE_WINDOWS_OR_OSX_CLUSTER", "0")
    try:
        return importlib.import_module("ray")
    except ImportError:
        raise InputError("Ray is not installed: `pip install wrapped-assets[ray]`, or build with this machine's processes") from None

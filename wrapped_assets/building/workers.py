"""Computes the units of one plan in several processes, which share nothing but the data root and its locks.

    parent: plan, schedule ──► cells, and what others recorded ──►  worker: reads, computes, records
                           ◄── what became of them, what it recorded ◄──

Processes are started anew, because a fork would copy the locks of Polars' threads.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from multiprocessing.connection import Connection, wait
from socket import socketpair

from wrapped_assets.building.pin import Moved
from wrapped_assets.building.schedule import Schedule
from wrapped_assets.building.situate import Project
from wrapped_assets.building.unit_result import UnitResult
from wrapped_assets.building.worker import Outcome, Task
from wrapped_assets.contracts.errors import BuildError, RegistryUnavailable
from wrapped_assets.contracts.stored_cell import StoredCell
from wrapped_assets.planning.situation import Situation
from wrapped_assets.vocabulary.periods import Cell

_SITUATION = ("logic", "rules", "landed", "stored", "damaged", "frozen", "catalogues", "spans")  # what is sent of it


@dataclass
class Worker:
    """A process, and what it has not heard of yet."""

    process: subprocess.Popen[bytes]
    pipe: Connection
    unheard: list[StoredCell] = field(default_factory=list)
    unit: int | None = None
    bucket: int | None = None


def build_units(
    project: Project, situation: Situation, units: Sequence[list[Cell]], asked: set[Cell], failed: set[Cell],
    report: Callable[[UnitResult], None], done: Callable[[int], None], count: int,
) -> None:  # fmt: skip
    """Computes the units with `count` processes. Raises what ended a worker, once no process runs any more."""
    schedule = Schedule(situation, units)
    with _started(project, situation, asked, count) as workers:
        try:
            while not schedule.is_done:
                _hand_out(schedule, workers, failed)
                for worker in _heard(workers):
                    number, outcome = _taken(worker, workers, situation, failed, report)
                    if outcome.end:
                        _raise(outcome)
                    schedule.finish(number)
                    done(len(units[number]))
        except Exception:  # units that have begun are finished, so that they are recorded, or remove what they wrote
            for worker in (each for each in workers if each.unit is not None):
                with suppress(BuildError):
                    _taken(worker, workers, situation, failed, report)
            raise


def _hand_out(schedule: Schedule, workers: Collection[Worker], failed: set[Cell]) -> None:
    """Gives every idle worker a unit, as long as there are some that wait for nothing."""
    for worker in (each for each in workers if each.unit is None):
        if chosen := schedule.next(worker.bucket):
            worker.unit, cells = chosen
            worker.bucket = cells[0].bucket
            _send(worker, Task(cells, worker.unheard, failed))
            worker.unheard = []


def _taken(
    worker: Worker, workers: Collection[Worker], situation: Situation, failed: set[Cell], report: Callable[[UnitResult], None]
) -> tuple[int, Outcome]:
    """Which unit a worker has carried out, and what became of it; the situation has it, and the other workers will hear of it."""
    number, worker.unit = worker.unit, None
    assert number is not None
    outcome = _outcome(worker)
    report(outcome.result)
    failed |= outcome.result.failed_cells
    for stored in outcome.stored:
        situation.stored[stored.cell] = stored
    situation.damaged -= set(outcome.result.recomputed)
    for other in workers:
        if other is not worker:
            other.unheard += outcome.stored
    return number, outcome


def _heard(workers: Collection[Worker]) -> list[Worker]:
    """Waits until one of those that compute has something to say."""
    ready = wait([worker.pipe for worker in workers if worker.unit is not None])
    return [worker for worker in workers if worker.pipe in ready]


def _send(worker: Worker, message: object) -> None:
    try:
        worker.pipe.send(message)
    except OSError:  # a broken pipe must not pass for that of the command's own output
        raise _ended(worker) from None


def _outcome(worker: Worker) -> Outcome:
    try:
        outcome: Outcome = worker.pipe.recv()
        return outcome
    except (EOFError, OSError):
        raise _ended(worker) from None


def _ended(worker: Worker) -> BuildError:
    """The error for a worker whose pipe is closed."""
    try:
        worker.process.wait(5)
    except subprocess.TimeoutExpired:
        worker.process.kill()
        worker.process.wait()
    return BuildError(
        f"a worker of the build ended (exit code {worker.process.returncode}), perhaps for want of memory; cells that were recorded "
        "stay: run the build again, with fewer `--workers`"
    )


def _raise(outcome: Outcome) -> None:
    if outcome.end == "moved":
        raise Moved(outcome.message)
    if outcome.end == "registry":
        raise RegistryUnavailable(outcome.message, may_pass=outcome.may_pass)
    raise BuildError(outcome.message)


@contextmanager
def _started(project: Project, situation: Situation, asked: set[Cell], count: int) -> Iterator[list[Worker]]:
    """Worker processes that know the situation. None is left at the end, whatever ended the work; a crash of this process ends them too."""
    about = (str(project.root.path), project.root.environment, tuple(project.graph.by_key))
    known = {name: getattr(situation, name) for name in _SITUATION}
    workers = [_worker(count) for _ in range(count)]
    try:
        for worker in workers:
            _send(worker, (*about, known, asked))
        yield workers
    finally:
        for worker in workers:
            if worker.unit is not None:
                worker.process.kill()  # in the middle of a unit: nothing of it is recorded
            worker.pipe.close()
        for worker in workers:
            worker.process.wait()


def _worker(count: int) -> Worker:
    """A process with its share of the processors as Polars' threads, unless the user has said how many.

    It imports from where this process does: `-P` and the same `sys.path`, so that no file of the working directory is taken for a module.
    It ignores SIGINT before it imports anything, because the parent decides what becomes of a build that is interrupted.
    """
    threads = {"POLARS_MAX_THREADS": str(max(1, processors() // count))}
    ours, theirs = socketpair()
    with theirs:
        code = (
            f"import signal, sys; signal.signal(signal.SIGINT, signal.SIG_IGN); sys.path[:] = {sys.path!r}; "
            f"from wrapped_assets.building.worker import work; work({theirs.fileno()})"
        )
        command = [sys.executable, "-P", *(["-O"] if sys.flags.optimize else []), "-c", code]
        process = subprocess.Popen(command, env={**threads, **os.environ}, pass_fds=[theirs.fileno()])  # noqa: S603
    return Worker(process, Connection(ours.detach()))


def processors() -> int:
    """How many processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1

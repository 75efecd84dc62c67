"""Whoever carries units out: the same bytes, and where workers are lost, the same bytes or the names of what is missing."""

from __future__ import annotations

import contextlib
import os
import random
import re
import resource
import signal
import socket
from collections.abc import Callable, Collection, Iterator

import psutil
import pytest

from wrapped_assets.building import worker as workers
from wrapped_assets.building.build import BuildReport, build
from wrapped_assets.building.dispatch import MOST_LOSSES
from wrapped_assets.building.executor import Executor, Greeting, Outcome, Task, Worker
from wrapped_assets.building.local_executor import Local, Process
from wrapped_assets.building.placement import executor_at
from wrapped_assets.building.ray_executor import Actor, OnRay
from wrapped_assets.contracts.errors import BuildError, InputError
from wrapped_assets.planning.plan import make_plan
from wrapped_assets.planning.situation import Situation
from wrapped_assets.storage.root import Root
from wrapped_assets.vocabulary.periods import Cell
from wrapped_assets_tests.building.stoppable import few
from wrapped_assets_tests.building.unbuilt import _imported, files, imported
from wrapped_assets_tests.small_roots import import_small, lake_files

__all__ = ["_imported", "files", "imported"]
MARKS = {"local": "wrapped_assets.building.worker", "ray": "ray::Station"}  # of a worker's command line


@pytest.fixture(scope="module")
def on_ray() -> Iterator[OnRay]:
    with executor_at("ray") as found:
        assert isinstance(found, OnRay)
        yield found


@pytest.fixture(params=["local", "ray"])
def executor(request: pytest.FixtureRequest) -> Executor:
    return request.getfixturevalue("on_ray") if request.param == "ray" else Local()


def line(process: psutil.Process) -> str:
    """A process's command line; none of one that has ended meanwhile."""
    with contextlib.suppress(psutil.Error):
        return " ".join(process.cmdline())
    return ""


def processes(executor: Executor) -> list[psutil.Process]:
    """The executor's workers that are alive, in the order of their start."""
    mark = MARKS["ray" if isinstance(executor, OnRay) else "local"]
    found = [each for each in psutil.Process().children(recursive=True) if mark in line(each)]
    return sorted(found, key=lambda each: each.create_time())


def ended_by(executor: Executor, monkeypatch: pytest.MonkeyPatch, happens: Callable[[int, Task], object]) -> None:
    """Has something happen whenever a worker is given a task: how often one was given until then, and the task."""
    kind, count = (Actor if isinstance(executor, OnRay) else Process), 0
    real = kind.give

    def give(self: object, task: Task) -> None:
        nonlocal count
        real(self, task)  # type: ignore[arg-type]
        happens(count, task)
        count += 1

    monkeypatch.setattr(kind, "give", give)


def assert_whole(root: Root, files: dict[str, bytes], report: BuildReport) -> None:
    assert report.failed == []
    assert lake_files(root) == files
    assert len(report.recomputed) == len(set(report.recomputed)) == len(make_plan(few(root).situation(), full=True).steps)
    assert report.cut_off == []


def test_ray_makes_the_bytes_of_one_process_and_listens_on_this_machine_alone(
    on_ray: OnRay, imported: Root, files: dict[str, bytes]
) -> None:
    report = build(few(imported), workers=2, executor=on_ray)
    assert_whole(imported, files, report)
    assert report.lost == []
    own = {each.pid for each in psutil.Process().children(recursive=True)} | {os.getpid()}
    listening = {each.laddr.ip for each in psutil.net_connections("tcp") if each.pid in own and each.status == psutil.CONN_LISTEN}
    assert listening <= {"127.0.0.1", "::ffff:127.0.0.1", "::1"}
    assert listening
    _, alive = psutil.wait_procs(processes(on_ray), timeout=30)  # Ray ends them a moment after it was asked to
    assert not alive


@pytest.mark.parametrize("seed", [1, pytest.param(2, marks=pytest.mark.slow), pytest.param(3, marks=pytest.mark.slow)])
def test_workers_that_are_killed_at_random_change_nothing(
    executor: Executor, imported: Root, files: dict[str, bytes], monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    chance = random.Random(seed)
    moments = chance.sample(range(8), MOST_LOSSES - 1)  # so that no unit can lose as many as would count against it
    killed = []

    def kill(count: int, _task: Task) -> None:
        if count in moments and (alive := processes(executor)):
            killed.append(chance.choice(alive))
            killed[-1].kill()

    ended_by(executor, monkeypatch, kill)
    report = build(few(imported), workers=2, executor=executor)
    assert_whole(imported, files, report)
    assert killed
    assert report.lost
    assert not list(imported.path.glob("locks/changing-*"))
    assert make_plan(few(imported).situation()).steps == []


@pytest.mark.slow
def test_a_unit_that_ends_every_worker_is_named_and_all_that_does_not_read_it_is_built(
    imported: Root, files: dict[str, bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    given: list[Task] = []
    real = Process.give

    def give(self: Process, task: Task) -> None:
        real(self, task)
        if any((cell.period, cell.bucket) == ("2025-01", 0) for cell in task.cells):
            given.append(task)
            self.process.kill()

    monkeypatch.setattr(Process, "give", give)
    report = build(few(imported), workers=2)
    assert len(report.lost) == len(given) == MOST_LOSSES
    assert len(report.failed) < len(report.recomputed)
    deadly = {cell for task in given for cell in task.cells}
    for cell, why in report.failed:
        assert (f"{MOST_LOSSES} workers were lost that had it" in why and "--workers" in why) == (cell in deadly), why
    every = {step.cell for step in make_plan(few(imported).situation(), full=True).steps}
    assert {cell for cell, _ in report.failed} | set(report.recomputed) == every
    monkeypatch.undo()
    assert build(few(imported), workers=2).failed == []
    assert lake_files(imported) == files


@pytest.mark.slow
def test_a_worker_that_hangs_is_ended_and_another_has_its_unit(
    executor: Executor, imported: Root, files: dict[str, bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    stopped = []

    def stop(count: int, _task: Task) -> None:
        if count == 2 and (alive := processes(executor)):
            stopped.append(alive[0])
            os.kill(alive[0].pid, signal.SIGSTOP)

    ended_by(executor, monkeypatch, stop)
    report = build(few(imported), workers=2, executor=executor, unit_seconds=45)  # longer than a worker takes to start on a loaded machine
    assert stopped
    assert_whole(imported, files, report)
    assert any("took longer than 45 s" in why for why in report.lost)
    assert not psutil.wait_procs(stopped, timeout=60)[1]  # Ray ends it a moment after it was asked


@pytest.mark.slow
def test_a_worker_that_cannot_write_is_left_out(
    executor: Executor, imported: Root, files: dict[str, bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    filled = []

    def fill(count: int, _task: Task) -> None:
        if count == 2 and (alive := processes(executor)):
            filled.append(alive[0].pid)
            resource.prlimit(alive[0].pid, resource.RLIMIT_FSIZE, (0, 0))

    ended_by(executor, monkeypatch, fill)
    report = build(few(imported), workers=2, executor=executor)
    assert filled
    assert_whole(imported, files, report)
    assert [why for why in report.lost if "could not write" in why or "ended" in why]


@pytest.mark.slow
def test_where_no_worker_can_write_the_build_says_so_and_the_next_one_finishes(
    imported: Root, files: dict[str, bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fill(_count: int, _task: Task) -> None:
        for each in processes(Local()):
            resource.prlimit(each.pid, resource.RLIMIT_FSIZE, (0, 0))

    ended_by(Local(), monkeypatch, fill)
    with pytest.raises(BuildError, match=r"could not write|File too large"):
        build(few(imported), workers=2)
    monkeypatch.undo()
    assert build(few(imported)).failed == []
    assert lake_files(imported) == files


class Timed(Executor):
    """Workers in this process, on a clock that is moved by what they take: one is twenty times slower than the others."""

    def __init__(self, count: int, slowness: int) -> None:
        self.count, self.slowness, self.now = count, slowness, 0
        self.started: list[TimedWorker] = []

    def capacity(self) -> int:
        return self.count

    def start(self, greeting: Greeting, count: int) -> Worker:
        self.started.append(TimedWorker(self, workers.UnitWorker(greeting), 1 if self.started else self.slowness))
        return self.started[-1]

    def ready(self, busy: Collection[Worker], seconds: float) -> list[Worker]:
        first = min((worker for worker in self.started if worker in busy), key=lambda worker: worker.until)
        self.now = first.until
        return [first]

    def close(self) -> None:
        pass


class TimedWorker(Worker):
    def __init__(self, clock: Timed, does: workers.UnitWorker, seconds: int) -> None:
        self.clock, self.does, self.seconds, self.units, self.until = clock, does, seconds, 0, 0

    def give(self, task: Task) -> None:
        self.task, self.until, self.units = task, self.clock.now + self.seconds, self.units + 1

    def answer(self) -> Outcome:
        return self.does.carry_out(self.task)

    def end(self) -> None:
        pass


def test_while_a_slow_worker_has_one_unit_the_others_carry_out_the_rest(imported: Root) -> None:
    def months(situation: Situation) -> set[Cell]:
        return {cell for cell in situation.expected() if len(cell.period) == len("2025-01")}

    import_small(imported, {"ana": ", ".join(f"{year}-05-03 eple" for year in range(2010, 2020))})  # whose units wait for no others
    clock = Timed(3, 20)
    report = build(few(imported), months, workers=3, executor=clock)
    assert report.failed == []
    slow, *others = clock.started
    assert slow.units == 1
    assert sum(worker.units for worker in others) >= 10


@pytest.mark.parametrize(
    ("other", "said"),
    [
        ({"versions": workers.versions() | {"polars": "1.9.0"}}, "polars .*, the build 1.9.0: install the same requirements"),
        ({"versions": workers.versions() | {"processor": "abacus"}}, "it has processor .*, the build abacus"),
        ({"versions": workers.versions() | {"code": "0"}}, "the project's code changed while the build started"),
        ({"versions": workers.versions() | {"code": "0"}, "host": "elsewhere"}, "its code of wrapped_assets differs"),
        ({"host": "elsewhere", "root": "/nowhere"}, "there is no data root at /nowhere: mount"),
        ({"root_version": "0"}, "is another one"),
        ({"host": "elsewhere"}, "SQLite file, which serves one machine: put it on PostgreSQL"),
    ],
)
def test_a_worker_that_is_not_as_the_build_is_refused_and_computes_nothing(imported: Root, other: dict[str, object], said: str) -> None:
    project = few(imported)
    situation = project.situation()
    told = Greeting(**(vars(workers.greeting(project, situation, set())) | other))
    outcome = workers.UnitWorker(told).carry_out(Task([next(iter(situation.expected()))], [], set()))
    assert outcome.end == "refused"
    assert re.match(f"a worker on {re.escape(socket.gethostname())} was refused: .*{said}", outcome.message)
    assert (outcome.stored, outcome.result.recomputed) == ([], [])
    assert not list((imported.path / "lake").rglob("*"))


def test_a_refused_worker_ends_the_build(imported: Root, monkeypatch: pytest.MonkeyPatch) -> None:
    versions = workers.versions
    monkeypatch.setattr(workers, "versions", lambda: versions() | {"numpy": "0.1"})
    with pytest.raises(BuildError, match=r"was refused: it has numpy .*, the build 0\.1"):
        build(few(imported), workers=2)


def taking_processors(on_ray: OnRay, count: int) -> Iterator[None]:
    """Somebody else has so many processors of the cluster."""
    ray = on_ray.ray

    class Other:
        def is_here(self) -> None:
            pass

    other = ray.remote(Other).options(num_cpus=count).remote()
    ray.get(other.is_here.remote(), timeout=120)
    yield
    ray.kill(other)


def test_a_worker_for_which_the_cluster_has_no_processor_is_given_nothing(on_ray: OnRay, imported: Root, files: dict[str, bytes]) -> None:
    with contextlib.contextmanager(taking_processors)(on_ray, on_ray.capacity() - 1):
        report = build(few(imported), workers=2, executor=on_ray, unit_seconds=40)
    assert_whole(imported, files, report)
    assert report.lost == []


@pytest.mark.slow
def test_a_build_for_which_a_cluster_has_no_processor_says_so_in_time(on_ray: OnRay, imported: Root) -> None:
    with (
        contextlib.contextmanager(taking_processors)(on_ray, on_ray.capacity()),
        pytest.raises(BuildError, match=r"none of the workers got a processor within 2 s"),
    ):
        build(few(imported), workers=2, executor=on_ray, unit_seconds=2)
    assert not list((imported.path / "lake").rglob("*.parquet"))


def test_a_large_cluster_has_no_more_workers_than_a_plan_is_worth(imported: Root, files: dict[str, bytes]) -> None:
    clock = Timed(64, 1)
    assert_whole(imported, files, build(few(imported), workers=0, executor=clock))
    assert len(clock.started) == 1


def test_a_process_is_connected_to_one_cluster(on_ray: OnRay) -> None:
    assert on_ray.ray.is_initialized()
    second = OnRay("ray")
    with pytest.raises(InputError, match="connected to Ray already"):
        second.ray.put(1)
    assert on_ray.ray.is_initialized()

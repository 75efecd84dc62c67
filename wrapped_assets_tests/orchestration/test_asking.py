"""Attacks on who asks for runs: the daemon killed between asking and recording, schedules that fell due while it was off, ticks at once."""

from __future__ import annotations

import logging
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import dagster as dg
import pytest
from dagster._core.remote_origin import InProcessCodeLocationOrigin
from dagster._core.storage.dagster_run import NOT_FINISHED_STATUSES
from dagster._core.test_utils import InProcessTestWorkspaceLoadTarget, create_test_daemon_workspace_context, freeze_time
from dagster._core.types.loadable_target_origin import LoadableTargetOrigin
from dagster._core.workspace.context import WorkspaceProcessContext
from dagster._daemon import sensor as daemon
from dagster._scheduler.scheduler import launch_scheduled_runs

from wrapped_assets.definitions import defs
from wrapped_assets.orchestration import asking, automation, launch
from wrapped_assets.orchestration.clock import forget_the_future
from wrapped_assets.orchestration.instance import open_instance
from wrapped_assets.orchestration.where import data_root
from wrapped_assets.storage import registry
from wrapped_assets.storage.launches import LaunchPlan, keep_plan
from wrapped_assets.storage.root import Root
from wrapped_assets_tests.small_roots import import_text

SUNDAY = datetime(2025, 11, 30, 12, 30, tzinfo=UTC)
MONDAY = datetime(2025, 12, 1, 6, tzinfo=UTC)  # every schedule fell due
INTERVALS = daemon.is_under_min_interval
QUIET = logging.getLogger("quiet")
LOCATION = InProcessCodeLocationOrigin(
    LoadableTargetOrigin(executable_path=None, python_file=None, module_name="wrapped_assets.definitions", attribute="defs"),
    location_name="wrapped_assets",
)


class Killed(BaseException):
    """The daemon ends here, and cleans up nothing."""


class Daemon:
    """Dagster's daemon on a data root, with the real definitions, iteration by iteration. Nothing takes runs off the queue."""

    def __init__(self, instance: dg.DagsterInstance, workspace: WorkspaceProcessContext) -> None:
        self.instance, self.workspace = instance, workspace

    def sensors(self) -> None:
        list(daemon.execute_sensor_iteration(self.workspace, QUIET, None, None))

    def schedules(self, now: datetime = MONDAY) -> None:
        list(launch_scheduled_runs(self.workspace, QUIET, now, {}))

    def restarted(self) -> None:
        """Its definitions are loaded again, and it knows what is stored and nothing else."""
        self.workspace.refresh_workspace()

    def waiting(self) -> Counter[str]:
        """Job → its runs that did not end."""
        runs = self.instance.get_runs(dg.RunsFilter(statuses=NOT_FINISHED_STATUSES))
        return Counter(run.job_name for run in runs if any(run.job_name in lane.jobs for lane in asking.LANES))


@pytest.fixture
def running(small: Root, monkeypatch: pytest.MonkeyPatch) -> Iterator[Daemon]:
    """The daemon on a root in which a drop made months stale; an edition is launched in three days."""
    with daemon_on(small, monkeypatch, asking.PLANNER, MONDAY + timedelta(days=3)) as made:
        yield made


@pytest.fixture
def launching(small: Root, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Daemon]:
    """The daemon on a root in which a launch is planned and frozen, and has its steps to do."""
    keep_plan(small, LaunchPlan(2025, (str(tmp_path / "www"),), ("en",), SUNDAY))
    with daemon_on(small, monkeypatch, asking.LAUNCH.sensor, datetime.now(UTC) + timedelta(days=1)) as made:
        yield made


@contextmanager
def daemon_on(small: Root, monkeypatch: pytest.MonkeyPatch, sensor: str, launch_at: datetime) -> Iterator[Daemon]:
    """With one sensor that runs."""
    monkeypatch.setenv("WRAPPED_DATA", str(small.path))
    monkeypatch.setattr(daemon, "is_under_min_interval", lambda *_: False)
    import_text(small, "ana", "2025-03-07 walk*3 eple")
    registry.set_edition(small, 2025, launch_at=launch_at)
    with (
        open_instance(small.path) as instance,
        create_test_daemon_workspace_context(InProcessTestWorkspaceLoadTarget(LOCATION), instance) as workspace,
    ):
        for location in workspace.create_request_context().code_locations:
            for repository in location.get_repositories().values():
                for each in repository.get_sensors():
                    if each.name != sensor:
                        instance.stop_sensor(each.get_remote_origin_id(), each.selector_id, each)
        made = Daemon(instance, workspace)
        made.schedules(SUNDAY)
        yield made


def killed_at(place: str, work: Callable[[], None], patch: pytest.MonkeyPatch) -> None:
    """Does it in a daemon that is killed at a place of Dagster's own: neither a tick nor a run is written afterwards."""
    ends = daemon.SensorLaunchContext.__exit__

    def reached(_flags: object, here: str) -> None:
        if here == place:
            raise Killed

    def ended(self: object, kind: type[BaseException], *rest: object) -> object:
        return None if kind is Killed else ends(self, kind, *rest)  # type: ignore[arg-type]

    with patch.context() as there:
        there.setattr(daemon, "check_for_debug_crash", reached)
        there.setattr(daemon.SensorLaunchContext, "__exit__", ended)
        with pytest.raises(Killed):
            work()


@pytest.mark.parametrize(
    ("place", "first"),
    [
        ("RUN_IDS_RESERVED", "schedules"),
        *(
            pytest.param(place, first, marks=pytest.mark.slow)
            for place in ("TICK_CREATED", "TICK_HELD", "RUN_IDS_RESERVED", "RUN_CREATED", "RUN_LAUNCHED")
            for first in ("schedules", "sensors")
        ),
    ],
)
def test_a_daemon_killed_anywhere_between_asking_and_recording_has_asked_for_one_run_after_its_restart(
    running: Daemon, monkeypatch: pytest.MonkeyPatch, place: str, first: str
) -> None:
    killed_at(place, running.sensors, monkeypatch)
    running.restarted()
    for turn in (first, "sensors", "schedules"):
        getattr(running, turn)()
    assert running.waiting().total() == 1


@pytest.mark.parametrize(
    "places",
    [
        ("RUN_IDS_RESERVED",),
        *(
            pytest.param(places, marks=pytest.mark.slow)
            for places in (
                ("TICK_HELD", "TICK_HELD"),
                ("RUN_IDS_RESERVED", "RUN_CREATED"),  # the tick that goes on has its ids
                ("RUN_CREATED", "RUN_CREATED"),
            )
        ),
    ],
    ids=" ".join,
)
def test_a_daemon_killed_while_it_asks_for_a_launch_has_asked_for_one_run_after_its_restart(
    launching: Daemon, monkeypatch: pytest.MonkeyPatch, places: tuple[str, ...]
) -> None:
    for place in places:
        killed_at(place, launching.sensors, monkeypatch)
        launching.restarted()
    for _ in range(3):
        launching.sensors()
    assert launching.waiting() == {"launch": 1}


@pytest.mark.parametrize(("daemons", "looks"), [("running", (automation, "_opened")), ("launching", (launch, "_planned"))])
def test_two_daemons_whose_sensor_ticks_at_once_ask_for_one_run(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, daemons: str, looks: tuple[object, str]
) -> None:
    """Each has seen that nothing is under way before the other one asks; each is a process of its own."""
    both: Daemon = request.getfixturevalue(daemons)
    with monkeypatch.context() as nothing_yet:
        nothing_yet.setattr(*looks, lambda: None)
        both.sensors()
    monkeypatch.setattr(asking, "this_process", lambda: threading.current_thread().name.partition(" ")[0])
    monkeypatch.setattr(asking, "_lives", lambda _: True)
    at_once(monkeypatch, *looks, both.sensors, both.sensors)
    assert both.waiting().total() == 1


def test_an_asker_whose_process_ended_holds_up_nobody(small: Root, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WRAPPED_DATA", str(small.path))
    ask = "from wrapped_assets.orchestration import asking; print(asking.this_process(), flush=True); input()"
    other = subprocess.Popen([sys.executable, "-c", ask], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert other.stdout is not None
    name = other.stdout.readline().strip()
    assert asking._lives(name)
    other.kill()
    other.wait()
    assert not asking._lives(name)
    assert asking._lives(asking.this_process())


def test_a_launch_waits_for_no_run_of_assets_and_those_wait_for_it(launching: Daemon, monkeypatch: pytest.MonkeyPatch) -> None:
    started = list[str]()

    def starts(instance: dg.DagsterInstance, run_id: str, _: object) -> dg.DagsterRun | None:
        started.append(run_id)
        return instance.get_run_by_id(run_id)

    monkeypatch.setattr(dg.DagsterInstance, "launch_run", starts)
    launching.schedules()  # a run of hours
    assert asking.is_busy(launching.instance)
    assert not asking.is_busy(launching.instance, asking.LAUNCH)
    launching.sensors()
    assert (launching.waiting()["launch"], launching.waiting().total()) == (1, 2)
    assert not started, "before the instant a launch stands in the queue, in front"
    for run in launching.instance.get_runs(dg.RunsFilter(job_name="launch")):
        launching.instance.delete_run(run.run_id)
    registry.set_edition(Root.open(data_root()), 2025, launch_at=datetime.now(UTC) + timedelta(seconds=60))
    launching.sensors()
    (run_id,) = started
    assert (launching.waiting()["launch"], launching.waiting().total()) == (1, 2)
    for run in launching.instance.get_runs(dg.RunsFilter(job_name="years")):
        launching.instance.delete_run(run.run_id)
    assert launching.instance.get_run_by_id(run_id)
    assert asking.is_busy(launching.instance), "nothing of assets is asked for while a launch has its instant"


def test_every_job_that_starts_by_itself_takes_turns_in_one_lane_or_runs_once_a_night() -> None:
    lanes = {job: lane for lane in asking.LANES for job in lane.jobs}
    nightly = {"retention", "scrub", "prune"}
    for sensor in automation.SENSORS:
        if sensor.name != "alert":  # it starts nothing
            assert {lanes[target.job_name].sensor for target in sensor.targets} <= {sensor.name}
    assert {schedule.job_name for schedule in automation.SCHEDULES} <= {*asking.ASSETS.jobs, *nightly}
    jobs = {job.name for job in defs.resolve_all_job_defs()}
    assert {job for job in lanes if not job.startswith("__")} <= jobs


def at_once(monkeypatch: pytest.MonkeyPatch, module: object, looks: str, *ticks: Callable[[], None]) -> None:
    """Does all of it in threads, each of which looked before any of them goes on."""
    together = threading.Barrier(len(ticks), timeout=60)
    really = getattr(module, looks)

    def seen() -> object:
        if not together.broken:
            together.wait()
            together.abort()
        return really()

    monkeypatch.setattr(module, looks, seen)
    threads = [threading.Thread(target=tick) for tick in ticks]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def test_schedules_that_fell_due_and_the_planner_at_once_ask_for_one_run(running: Daemon, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each has seen that nothing is under way before any of them asks."""
    at_once(monkeypatch, automation, "_opened", running.sensors, running.schedules)
    assert running.waiting().total() == 1


@pytest.mark.slow
def test_a_schedule_that_waited_asks_at_its_next_tick_and_once_a_night(running: Daemon) -> None:
    running.sensors()
    running.schedules(MONDAY.replace(hour=3, minute=31))
    (run,) = running.instance.get_runs(dg.RunsFilter(statuses=NOT_FINISHED_STATUSES, job_name="months"))
    running.instance.report_run_canceled(run)  # nothing was computed, and the planner waits for a change
    running.schedules(MONDAY.replace(hour=3, minute=46))
    (nightly,) = running.instance.get_runs(dg.RunsFilter(statuses=NOT_FINISHED_STATUSES, job_name="months"))
    assert nightly.tags["dagster/schedule_name"] == "nightly_months"
    running.instance.report_run_canceled(nightly)
    running.schedules(MONDAY.replace(hour=4, minute=1))
    assert not running.instance.get_runs(dg.RunsFilter(statuses=NOT_FINISHED_STATUSES, job_name="months"))


@pytest.mark.slow
def test_a_clock_that_was_ahead_and_was_set_back_stops_neither_schedules_nor_sensors(
    running: Daemon, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its ticks of next year would otherwise be the last ones until then."""
    monkeypatch.setattr(daemon, "is_under_min_interval", INTERVALS)
    ahead = datetime.now(UTC) + timedelta(days=400)
    with freeze_time(ahead):
        running.sensors()
    running.schedules(ahead)
    for run in running.instance.get_runs():
        running.instance.delete_run(run.run_id)
    running.sensors()
    running.schedules(datetime.now(UTC) + timedelta(days=8))
    assert not running.waiting()
    assert forget_the_future(running.instance, datetime.now(UTC)) > 1
    assert forget_the_future(running.instance, datetime.now(UTC)) == 0
    running.sensors()
    assert running.waiting().total() == 1
    running.instance.delete_run(running.instance.get_runs()[0].run_id)
    monkeypatch.setattr(asking, "RECORDED_SECONDS", 0)  # the planner's run is no longer awaited
    running.schedules(datetime.now(UTC) + timedelta(days=8))
    assert running.waiting().total() == 1

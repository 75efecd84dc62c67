"""Several processes compute one plan: the same bytes for any number, and nothing half-done, however it ends."""

from __future__ import annotations

import os
import random
import select
import signal
import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import pytest

from wrapped_assets.building import schedule as schedules
from wrapped_assets.building.build import build
from wrapped_assets.building.executor import Task
from wrapped_assets.building.local_executor import Process
from wrapped_assets.building.schedule import Schedule, bucket_by_bucket, place_of, units_of
from wrapped_assets.planning.plan import make_plan
from wrapped_assets.storage.chunks import landed_by_month
from wrapped_assets.storage.registry import Listener, find_listener, register
from wrapped_assets.storage.root import Root
from wrapped_assets.vocabulary.periods import Cell, is_month, period_year
from wrapped_assets_tests.building.stoppable import few
from wrapped_assets_tests.building.unbuilt import _imported, files, imported
from wrapped_assets_tests.commands.running import run
from wrapped_assets_tests.small_roots import lake_files

__all__ = ["_imported", "files", "imported"]


@pytest.mark.parametrize("plays_of_a_month", [1, schedules.PLAYS_TOGETHER])
def test_a_unit_begins_when_all_that_it_reads_is_done_and_no_two_of_one_bucket_and_period_run_at_once(
    imported: Root, plays_of_a_month: int
) -> None:
    situation = few(imported).situation()
    plan = make_plan(situation)
    units = units_of(plan, dict.fromkeys(landed_by_month(imported), plays_of_a_month))
    assert sorted(str(cell) for unit in units for cell in unit) == sorted(str(step.cell) for step in plan.steps)
    assert max(len({cell.period for cell in unit}) for unit in units) == (2 if plays_of_a_month == 1 else 1)
    for seed in range(20):
        chance = random.Random(seed)
        schedule = Schedule(situation, units)
        running: dict[int, list[Cell]] = {}
        done: set[Cell] = set()
        while not schedule.is_done:
            while len(running) < 3 and (chosen := schedule.next(chance.choice([None, 0, 1]))):
                number, cells = chosen
                sources = {source for cell in cells for _, _, source, _ in situation.inputs_of(cell) if source is not None}
                assert sources <= done | set(cells)
                assert {place_of(cell) for cell in cells}.isdisjoint(place_of(cell) for each in running.values() for cell in each)
                running[number] = cells
            number = chance.choice(sorted(running))
            done |= set(running.pop(number))
            schedule.finish(number)
        assert done == {cell for unit in units for cell in unit}


def test_one_process_computes_a_buckets_year_right_after_its_months(imported: Root) -> None:
    situation = few(imported).situation()
    units = bucket_by_bucket(units_of(make_plan(situation), dict.fromkeys(landed_by_month(imported), schedules.PLAYS_TOGETHER)))
    done: set[Cell] = set()
    for cells in units:
        assert {source for cell in cells for _, _, source, _ in situation.inputs_of(cell) if source is not None} <= done | set(cells)
        done |= set(cells)
    turns = [(before[0], unit[0]) for before, unit in pairwise(units) if is_month(before[0].period) > is_month(unit[0].period)]
    assert all((month.period[:4], month.bucket) == (year.period, year.bucket) for month, year in turns)
    assert len(turns) == len({(period_year(cell.period), cell.bucket) for cell in done if is_month(cell.period)})


def test_a_month_alone_has_the_bytes_of_the_same_month_beside_others(
    imported: Root, files: dict[str, bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(schedules, "PLAYS_TOGETHER", 0)
    assert build(few(imported)).failed == []
    assert lake_files(imported) == files


def test_two_workers_make_the_bytes_of_one_wherever_they_are_started(
    imported: Root, files: dict[str, bytes], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("random", "signal", "polars", "wrapped_assets"):  # files of the user's folder, which are no modules of ours
        (tmp_path / f"{name}.py").write_text("raise SystemExit(3)")
    monkeypatch.chdir(tmp_path)
    report = build(few(imported), workers=2)
    assert report.failed == []
    assert len(report.recomputed) == len(set(report.recomputed)) == len(make_plan(few(imported).situation(), full=True).steps)
    assert lake_files(imported) == files


@pytest.mark.slow
def test_workers_begin_again_where_the_world_moves(imported: Root, files: dict[str, bytes], monkeypatch: pytest.MonkeyPatch) -> None:
    moved: list[Listener] = []
    bo, real = find_listener(imported, "bo"), Process.give

    def give(self: Process, task: Task) -> None:
        if not moved:  # planned, and no unit has begun
            moved.append(Listener(**{**vars(bo), "time_zone": "Pacific/Auckland"}))
            register(imported, moved)
        real(self, task)

    monkeypatch.setattr(Process, "give", give)
    report = build(few(imported), workers=2)
    assert report.failed == []
    assert make_plan(few(imported).situation()).steps == []
    register(imported, [bo])
    again = build(few(imported), workers=2)
    assert again.failed == []
    assert again.recomputed
    assert lake_files(imported) == files


@pytest.mark.slow
def test_the_command_takes_a_number_of_workers_and_refuses_one_below_none(imported: Root) -> None:
    assert " 0 unchanged" in run(imported.path, "build", "--workers", 2, "--select", "listens/plays").output
    assert run(imported.path, "build", "--workers", 1, "--select", "listens/plays").output.startswith("0 cells recomputed")
    assert "-1 is not in the range" in run(imported.path, "build", "--workers", -1, code=2).output


@pytest.mark.slow
@pytest.mark.parametrize("sent", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_an_interrupted_build_leaves_whole_units_and_no_process(imported: Root, files: dict[str, bytes], sent: signal.Signals) -> None:
    code = f"""
import os
from itertools import pairwise
from pathlib import Path
from wrapped_assets.building import local_executor
from wrapped_assets.building.build import build
from wrapped_assets.storage.root import Root
from wrapped_assets.vocabulary.periods import Cell, is_month, period_year
from wrapped_assets_tests.building.stoppable import few

class Told(local_executor.Process):
    def __init__(self, greeting, count):
        super().__init__(greeting, count)
        print(self.process.pid, flush=True)
local_executor.Process = Told
build(few(Root.open(Path({str(imported.path)!r}))), progress=lambda done, planned: os.kill(os.getpid(), {sent.value}), workers=2)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode != 0
    for pid in map(int, done.stdout.split()):
        _gone(pid)
    assert build(few(imported)).failed == []
    assert lake_files(imported) == files


def _gone(pid: int) -> None:
    """Returns once a process, which is not ours to wait for, has ended."""
    try:
        handle = os.pidfd_open(pid)
    except ProcessLookupError:
        return
    with os.fdopen(handle) as ended:
        assert select.select([ended], [], [], 60)[0], "a worker outlives its build"

"""Several workers compute the shares of cells over all listeners: the same bytes, and nothing depends on a share."""

from __future__ import annotations

import random
from pathlib import Path

import polars as pl
import pytest

from wrapped_assets.building import handout, inputs, ranges, shares
from wrapped_assets.building.build import build
from wrapped_assets.building.dispatch import MOST_LOSSES
from wrapped_assets.building.executor import Outcome, Task
from wrapped_assets.building.handout import Handout
from wrapped_assets.building.local_executor import Process
from wrapped_assets.building.placement import executor_at
from wrapped_assets.building.schedule import place_of, units_of
from wrapped_assets.building.shares import Share, first_of, ranges_of
from wrapped_assets.building.situate import Project
from wrapped_assets.contracts.errors import WriteError
from wrapped_assets.planning.plan import make_plan
from wrapped_assets.storage.registry import Listener, find_listener, register
from wrapped_assets.storage.root import Root
from wrapped_assets.storage.sweep import SHARES, sweep
from wrapped_assets.vocabulary.periods import Cell
from wrapped_assets_tests.building.stoppable import few
from wrapped_assets_tests.building.unbuilt import _imported, files, imported
from wrapped_assets_tests.small_roots import lake_files

__all__ = ["_imported", "files", "imported"]


@pytest.fixture(autouse=True)
def _small_shares(monkeypatch: pytest.MonkeyPatch) -> None:
    """So that a handful of plays has several ranges. The workers, which are other processes, do as they are told."""
    monkeypatch.setattr(shares, "ROWS_WORTH_SHARING", 1)
    monkeypatch.setattr(shares, "ROWS_PER_RANGE", 3)


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> list[tuple[Task, Outcome]]:
    """The tasks of local workers, and what they answered."""
    found: list[tuple[Task, Outcome]] = []
    given: dict[Process, Task] = {}
    give, answer = Process.give, Process.answer

    def giving(self: Process, task: Task) -> None:
        given[self] = task
        give(self, task)

    def answering(self: Process) -> Outcome:
        found.append((given[self], outcome := answer(self)))
        return outcome

    monkeypatch.setattr(Process, "give", giving)
    monkeypatch.setattr(Process, "answer", answering)
    return found


def assert_nothing_is_left(root: Root) -> None:
    assert not (root.path / SHARES).exists()


@pytest.mark.parametrize("where", ["local", pytest.param("ray", marks=pytest.mark.slow)])
def test_workers_compute_ranges_of_one_cell_and_the_bytes_are_those_of_one_process(
    imported: Root, files: dict[str, bytes], told: list[tuple[Task, Outcome]], where: str
) -> None:
    with executor_at(where, 2) as executor:
        report = build(few(imported), workers=2, executor=executor)
    assert (report.failed, report.cut_off, report.lost) == ([], [], [])
    assert len(report.recomputed) == len(set(report.recomputed)) == len(make_plan(few(imported).situation(), full=True).steps)
    assert lake_files(imported) == files
    assert_nothing_is_left(imported)
    if where == "local":
        whole = [(task.share, outcome.part) for task, outcome in told if task.share]
        assert all(part is not None and part.share == share for share, part in whole)
        counts = {share.cell: share.count for share, _ in whole}
        assert max(counts.values()) == 2
        assert max(share.ranges for share, _ in whole) > 2
        assert {(share.cell, share.number) for share, _ in whole} == {(cell, n) for cell, count in counts.items() for n in range(count)}
        joined = {part for task, _ in told if not task.share for part in task.parts}
        assert joined == {part for _, part in whole}


def test_a_unit_takes_the_rows_of_its_parts_and_computes_those_that_are_missing(
    imported: Root, files: dict[str, bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    taken: list[int] = []
    real = shares.read_parts
    given = Process.give

    def give(self: Process, task: Task) -> None:
        if task.parts:
            for part in task.parts:
                taken.append(sum(rows.height for rows in real(imported.path, [part], part.input_version).values()))
            first, *others = (imported.path / part.path for part in task.parts)
            first.write_bytes(b"torn")
            for other in others[:1]:
                other.unlink()
        given(self, task)

    monkeypatch.setattr(Process, "give", give)
    assert build(few(imported), workers=2).failed == []
    assert sum(taken) > 0
    assert lake_files(imported) == files


def test_rows_of_other_inputs_are_not_taken(imported: Root, tmp_path: Path) -> None:
    share = Share(Cell("population/artist_countries", "2025", None), 0, 2)
    part = shares.write_part(tmp_path, "build", share, "a1", pl.DataFrame({"artist_id": [1]}))
    assert shares.read_parts(tmp_path, [part], "a1")[0].height == 1
    assert shares.read_parts(tmp_path, [part], "b2") == {}
    assert (tmp_path / part.path).stat().st_mode & 0o077 == 0


def test_a_cell_that_is_fresh_by_then_has_no_shares(imported: Root, told: list[tuple[Task, Outcome]]) -> None:
    assert build(few(imported), workers=2).failed == []
    told.clear()
    project = few(imported)
    stale = {cell for cell in project.situation().expected() if cell.asset == "aggregates/artist_months"}
    report = build(few(imported), lambda _: stale, full=True, workers=2)  # computed anew, with the same rows: nothing else runs
    assert set(report.recomputed) == stale
    assert not [task for task, _ in told if task.share]


def test_what_is_computed_again_has_shares_although_it_is_one_unit(
    imported: Root, files: dict[str, bytes], told: list[tuple[Task, Outcome]]
) -> None:
    assert build(few(imported)).failed == []
    report = build(few(imported), lambda _: {Cell("population/artist_countries", "2025", None)}, full=True, workers=2)
    assert [str(cell) for cell in report.recomputed] == ["population/artist_countries 2025"]
    assert len([task for task, _ in told if task.share]) > 1
    assert lake_files(imported) == files


@pytest.mark.parametrize("seed", [1, pytest.param(2, marks=pytest.mark.slow)])
def test_workers_that_are_killed_with_a_share_are_replaced(
    imported: Root, files: dict[str, bytes], monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    chance, killed, real = random.Random(seed), [], Process.give

    def give(self: Process, task: Task) -> None:
        real(self, task)
        if task.share and len(killed) < MOST_LOSSES - 1 and chance.random() < 0.5:
            killed.append(task.share)
            self.process.kill()

    monkeypatch.setattr(Process, "give", give)
    report = build(few(imported), workers=2)
    assert killed
    assert len(report.lost) == len(killed)
    assert (report.failed, report.cut_off) == ([], [])
    assert lake_files(imported) == files
    assert_nothing_is_left(imported)


@pytest.mark.slow
def test_a_worker_that_is_killed_before_it_joins_the_shares_leaves_nothing_and_is_replaced(
    imported: Root, files: dict[str, bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    killed, real = [], Process.give

    def give(self: Process, task: Task) -> None:
        real(self, task)
        if task.parts and not killed:
            killed.append(task)
            self.process.kill()

    monkeypatch.setattr(Process, "give", give)
    report = build(few(imported), workers=2)
    assert (len(killed), len(report.lost)) == (1, 1)
    assert (report.failed, report.cut_off) == ([], [])
    assert lake_files(imported) == files
    assert_nothing_is_left(imported)


def test_a_disk_that_does_not_take_the_rows_of_a_range_ends_the_build_with_what_to_do(
    imported: Root, files: dict[str, bytes], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "a file").touch()
    monkeypatch.setenv("WRAPPED_CACHE", str(tmp_path / "a file"))
    monkeypatch.setattr(ranges, "FEW_RANGES", 1)
    monkeypatch.setattr(inputs, "ROWS_IN_MEMORY", 0)
    with pytest.raises(WriteError, match=r"could not use the folder .*a file that WRAPPED_CACHE names"):
        build(few(imported))
    monkeypatch.undo()
    assert build(few(imported)).failed == []
    assert lake_files(imported) == files


@pytest.mark.slow
def test_a_share_that_ends_every_worker_fails_its_cell_and_no_other(
    imported: Root, files: dict[str, bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    real, deadly = Process.give, Cell("population/artist_countries", "2025", None)

    def give(self: Process, task: Task) -> None:
        real(self, task)
        if task.share and (task.share.cell, task.share.number) == (deadly, 1):
            self.process.kill()

    monkeypatch.setattr(Process, "give", give)
    report = build(few(imported), workers=2)
    assert len(report.lost) == MOST_LOSSES
    assert [cell for cell, why in report.failed if f"{MOST_LOSSES} workers were lost" in why] == [deadly]
    assert deadly not in report.recomputed
    monkeypatch.undo()
    assert build(few(imported)).failed == []
    assert lake_files(imported) == files


@pytest.mark.slow
def test_a_share_of_a_world_that_has_moved_is_not_joined(imported: Root, files: dict[str, bytes], monkeypatch: pytest.MonkeyPatch) -> None:
    bo, moved, real = find_listener(imported, "bo"), [], Process.give

    def give(self: Process, task: Task) -> None:
        if task.share and task.share.number == 1 and not moved:
            moved.append(task.share)
            register(imported, [Listener(**{**vars(bo), "country": "PT"})])
        real(self, task)

    monkeypatch.setattr(Process, "give", give)
    assert build(few(imported), workers=2).failed == []
    assert moved
    assert make_plan(few(imported).situation()).steps == []
    register(imported, [bo])
    again = build(few(imported), workers=2)
    assert (again.failed, bool(again.recomputed)) == ([], True)
    assert lake_files(imported) == files


def test_a_function_that_fails_is_told_as_by_one_process(imported: Root, monkeypatch: pytest.MonkeyPatch) -> None:
    def spoilt(root: Path, folder: str, share: Share, input_version: str, rows: pl.DataFrame) -> None:
        raise AssertionError("no part of it is written")

    def raises(*_: object) -> pl.DataFrame:
        raise ValueError("of the analyst")

    from wrapped_assets.building import over_all
    from wrapped_assets.building.passes import Pass

    project = few(imported)
    assert build(project).failed == []
    monkeypatch.setattr(over_all, "write_part", spoilt)
    monkeypatch.setattr(over_all, "result_of_share", raises)
    cell = Cell("population/artist_countries", "2025", None)
    one = Pass(project, project.situation(), {cell}, set(), lambda result: None)
    assert one.share(Share(cell, 0, 2), "folder") is None


def test_what_a_killed_build_left_is_swept(imported: Root) -> None:
    place = imported.path / SHARES / "gone" / "rows.parquet"
    place.parent.mkdir(parents=True)
    place.write_bytes(b"a listener's rows")
    assert sweep(imported) == 1
    assert_nothing_is_left(imported)


def test_every_cell_is_handed_out_once_after_its_shares_and_after_all_that_it_reads(
    imported: Root, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shares, "ROWS_WORTH_SHARING", 0)  # so that every unit over all listeners is cut level by level
    monkeypatch.setattr(handout, "shares_of", lambda situation, cell, asked, most: [Share(cell, number, 3) for number in range(3)])
    situation = Project(imported).situation()
    units = units_of(make_plan(situation), {})
    for seed in range(5):
        chance, running, done, ranges = random.Random(seed), dict[int, set[Cell]](), set[Cell](), set[Share]()
        pieces = Handout(situation, units, set(), workers=4)
        while not pieces.is_done:
            while len(running) < 4 and (number := pieces.next(chance.choice([None, 0, 1]))) is not None:
                cells = pieces.cells(number)
                sources = {source for cell in cells for _, _, source, _ in situation.inputs_of(cell) if source is not None}
                assert sources <= done | (set() if pieces.share(number) else set(cells))
                assert not done.intersection(cells)
                if not pieces.share(number) and cells[0].bucket is None:
                    assert {Share(cell, each, 3) for cell in first_of(situation, cells) for each in range(3)} <= ranges
                    assert {place_of(cell) for cell in cells}.isdisjoint(place_of(cell) for own in running.values() for cell in own)
                running[number] = set() if pieces.share(number) else set(cells)
                if chance.random() < 0.2:  # the worker is lost
                    del running[number]
                    pieces.give_back(number)
            if running:
                number = chance.choice(sorted(running))
                done |= running.pop(number)
                if share := pieces.share(number):
                    assert share not in ranges
                    ranges.add(share)
                pieces.finish(number)
        assert done == {cell for unit in units for cell in unit}
        assert {share.cell for share in ranges} == {cell for cell in done if cell.bucket is None}


def test_the_number_of_ranges_follows_from_the_rows_that_a_range_reads(imported: Root) -> None:
    assert build(few(imported)).failed == []
    situation = few(imported).situation()
    cell = Cell("population/artist_countries", "2025", None)
    read = (stored for one, stored in situation.stored.items() if (one.asset, one.period) == ("aggregates/artist_audiences", "2025"))
    rows = sum(stored.row_count for stored in read)
    assert ranges_of(situation, cell) == -(-rows // 3) > 1
    assert ranges_of(situation, Cell("insights/group_overlaps", "2025", None)) == 1




def test_a_folder_for_copies_that_cannot_be_made_disturbs_no_build_that_keeps_nothing_there(
    imported: Root, files: dict[str, bytes], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "a_file").touch()
    monkeypatch.setenv("WRAPPED_CACHE", str(tmp_path / "a_file" / "cache"))
    assert build(few(imported)).failed == []
    assert lake_files(imported) == files

"""Gives the units of one plan to workers, in the order of the plan's stages, and does again what a lost worker had."""

from __future__ import annotations

import secrets
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress

from wrapped_assets.building.crew import LOOKS_AGAIN, Crew, Heard, Idleness, Seat, raise_end
from wrapped_assets.building.executor import Outcome, Task, WorkerLost
from wrapped_assets.building.handout import Handout
from wrapped_assets.building.pin import Moved
from wrapped_assets.building.shares import remove_parts
from wrapped_assets.building.situate import Project
from wrapped_assets.building.unit_result import UnitResult
from wrapped_assets.building.worker import greeting
from wrapped_assets.contracts.errors import BuildError, RegistryUnavailable
from wrapped_assets.contracts.stored_cell import StoredCell
from wrapped_assets.planning.situation import Situation
from wrapped_assets.storage import manifest
from wrapped_assets.vocabulary.periods import Cell

MOST_LOSSES = 3  # of workers that had the same unit: then it is the unit's fault
_LONGER = 10  # than the last time, before a worker counts as hanging


class Dispatch:
    """Carries out the units of one plan."""

    def __init__(
        self, crew: Crew, project: Project, situation: Situation, units: Sequence[list[Cell]], asked: set[Cell], failed: set[Cell],
        heard: Heard,
    ) -> None:  # fmt: skip
        self._crew, self._project, self._situation = crew, project, situation
        self._asked, self._failed, self._heard = asked, failed, heard
        self._pieces = Handout(situation, units, asked, workers=crew.count)
        self._folder = secrets.token_hex(8)  # of the shares
        self._losses: dict[int, int] = {}
        self._in_a_row = 0
        self._idleness = Idleness()
        self._seats: list[Seat] = []

    def run(self) -> None:
        """Raises what ended the work, once no worker computes any more."""
        with self._seated():
            try:
                while not self._pieces.is_done:
                    self._hand_out()
                    self._hear()
            except Exception:  # units that have begun are finished, so that they are recorded, or remove what they wrote
                while any(seat.unit is not None for seat in self._seats):
                    with suppress(BuildError, RegistryUnavailable, Moved):
                        self._hear()
                raise

    @contextmanager
    def _seated(self) -> Iterator[None]:
        """Workers that know the situation. None is left at the end, whatever ended the work."""
        try:
            told = greeting(self._project, self._situation, self._asked)
            self._seats += [Seat(self._crew.executor.start(told, self._crew.count)) for _ in range(self._crew.count)]
            yield
        finally:
            for seat in self._seats:
                if seat.worker is not None:
                    seat.worker.end()
            remove_parts(self._project.root.path, self._folder)

    def _hand_out(self) -> None:
        """Gives every idle worker a piece, as long as there are some that wait for nothing."""
        for seat in [each for each in self._seats if each.worker is None or not each.worker.waits()]:
            while seat.unit is None and (number := self._pieces.next(seat.bucket)) is not None:
                share = self._pieces.share(number)
                cells = [cell for cell in self._pieces.cells(number) if cell not in self._failed]  # a share was lost too often
                if not cells:
                    self._finish(number)
                    continue
                seat.unit = number
                seat.bucket, seat.until = cells[0].bucket, time.monotonic() + self._seconds_for(cells)
                unheard, seat.unheard = seat.unheard, []
                if seat.worker is None:
                    told = greeting(self._project, self._situation, self._asked)
                    seat.worker = self._crew.executor.start(told, self._crew.count)
                try:
                    seat.worker.give(Task(cells, unheard, set(self._failed), self._pieces.parts(number), share, self._folder))
                except WorkerLost as lost:
                    self._lose(seat, str(lost))

    def _seconds_for(self, cells: Sequence[Cell]) -> float:
        known = sum(self._situation.stored[cell].seconds for cell in cells if cell in self._situation.stored)
        return max(self._crew.unit_seconds, _LONGER * known)

    def _hear(self) -> None:
        """Waits until a worker answers, is lost, or has taken too long."""
        busy = {seat.worker: seat for seat in self._seats if seat.worker is not None and seat.unit is not None}
        is_waiting = any(seat.worker is not None and seat.worker.waits() for seat in self._seats)
        if not busy:
            if is_waiting:
                self._idleness.wait(self._crew.unit_seconds)
            return
        seconds = min(seat.until for seat in busy.values()) - time.monotonic()
        ready = self._crew.executor.ready(list(busy), min(seconds, LOOKS_AGAIN) if is_waiting else seconds)
        for worker in ready:
            self._take(busy[worker])
        for seat in [seat for worker, seat in busy.items() if worker not in ready and seat.until <= time.monotonic()]:
            most = self._seconds_for(self._pieces.cells(seat.unit or 0))
            self._lose(seat, f"a worker took longer than {most:,.0f} s for a unit and was ended")

    def _take(self, seat: Seat) -> None:
        """Learns what became of a unit; the situation has it, and the other workers will hear of it."""
        assert seat.worker is not None
        try:
            outcome = seat.worker.answer()
        except WorkerLost as lost:
            self._lose(seat, str(lost))
            return
        number, seat.unit, self._in_a_row, self._idleness = seat.unit, None, 0, Idleness()
        assert number is not None
        if number in self._losses:
            self._own_what_was_recorded(outcome)
        self._tell(seat, outcome.result, outcome.stored)
        if outcome.end == "disk":
            self._leave_out(seat, number, outcome)
            return
        if outcome.end:
            raise_end(outcome)
        if outcome.part:
            self._pieces.take(outcome.part)
        self._finish(number)

    def _finish(self, number: int) -> None:
        self._heard.done(self._pieces.finish(number))

    def _tell(self, seat: Seat | None, result: UnitResult, stored: Sequence[StoredCell]) -> None:
        self._heard.result(result)
        self._failed |= result.failed_cells
        for each in stored:
            self._situation.stored[each.cell] = each
        self._situation.damaged -= set(result.recomputed)
        for other in self._seats:
            if other is not seat:
                other.unheard += stored

    def _own_what_was_recorded(self, outcome: Outcome) -> None:
        """What a lost worker recorded of a unit was fresh for the one that had it next: it is no cell that was cut off."""
        recorded = {each.cell for each in outcome.stored if self._situation.stored.get(each.cell) != each}
        result = outcome.result
        done = [cell for cell in result.cut_off if cell in recorded]
        result.cut_off[:] = [cell for cell in result.cut_off if cell not in recorded]
        result.recomputed[:0] = done

    def _lose(self, seat: Seat, why: str) -> None:
        """Gives the unit of a lost worker back, or leaves it where it was lost too often. Another worker takes the seat with the next unit.

        BuildError where workers are lost as fast as they are started.
        """
        number, seat.unit, seat.unheard = seat.unit, None, []
        assert number is not None
        assert seat.worker is not None
        self._heard.lost(why)
        self._idleness = Idleness()
        seat.worker.end()
        seat.worker = None
        self._losses[number] = self._losses.get(number, 0) + 1
        self._in_a_row += 1
        if self._losses[number] < MOST_LOSSES:
            self._pieces.give_back(number)
        else:
            self._abandon(number, why)
        if self._in_a_row >= MOST_LOSSES * max(2, self._crew.count):
            raise BuildError(
                f"{self._in_a_row} workers were lost in a row, the last one so: {why}, perhaps for want of memory; cells that were "
                "recorded stay: run the build again, with fewer `--workers`"
            )

    def _abandon(self, number: int, why: str) -> None:
        """Says of a unit's cells that they are missing, but for those that are recorded."""
        cells = self._pieces.cells(number)
        recorded = [stored for cell, stored in self._manifest_of(cells).items() if self._situation.stored.get(cell) != stored]
        done = [stored.cell for stored in recorded]
        message = f"not computed: {MOST_LOSSES} workers were lost that had it ({why}), perhaps for want of memory: use fewer `--workers`"
        left = [(cell, message) for cell in cells if cell not in set(done)]
        self._tell(None, UnitResult(recomputed=done, failed=left), recorded)
        self._finish(number)

    def _manifest_of(self, cells: Sequence[Cell]) -> dict[Cell, StoredCell]:
        found = manifest.load_cells(self._project.root, periods={cell.period for cell in cells}, bucket=cells[0].bucket)
        return {cell: found[cell] for cell in cells if cell in found}

    def _leave_out(self, seat: Seat, number: int, outcome: Outcome) -> None:
        """Goes on without a worker that cannot write, as long as there are others: its machine's disk may be full."""
        self._pieces.give_back(number)
        self._losses.setdefault(number, 0)  # whoever has it next may find some of it done
        if len(self._seats) == 1:
            raise BuildError(outcome.message)
        self._heard.lost(f"a worker was left out, because it {outcome.message}")
        self._seats.remove(seat)
        if seat.worker is not None:
            seat.worker.end()

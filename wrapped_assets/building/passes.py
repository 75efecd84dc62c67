"""Runs the units of one plan, each under its lock, and handles damaged inputs."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from contextlib import ExitStack
from dataclasses import dataclass, field

from wrapped_assets.building.inputs import DamagedInput
from wrapped_assets.building.over_all import part_of
from wrapped_assets.building.schedule import place_of
from wrapped_assets.building.shares import Part, Share
from wrapped_assets.building.situate import Project
from wrapped_assets.building.unit import Unit
from wrapped_assets.building.unit_result import UnitResult
from wrapped_assets.contracts.errors import BuildError
from wrapped_assets.planning.situation import Situation
from wrapped_assets.storage import manifest
from wrapped_assets.storage.in_flight import in_flight
from wrapped_assets.storage.recent_frames import RecentFrames
from wrapped_assets.storage.records import sync_records
from wrapped_assets.vocabulary.periods import Cell


@dataclass
class Pass:
    """Carries out one plan. `report` gets what became of each unit, also of one that stops half-way."""

    project: Project
    situation: Situation
    asked: set[Cell]
    failed: set[Cell]
    report: Callable[[UnitResult], None]
    planned: Collection[Cell] = ()  # all cells of the plan
    recent: RecentFrames = field(default_factory=RecentFrames)
    parts: Collection[Part] = ()  # what others have computed of the next unit's cells

    def unit(self, cells: list[Cell], *, wait: bool = True) -> bool:
        """Computes a unit; where an input turns out damaged, that input first, and then what is left.

        False, and nothing done, where `wait` is off and another process has claimed the unit.
        """
        waiting, repaired = list(cells), set[Cell]()
        while waiting:
            result, damaged = self._attempt(waiting, wait=wait)
            if result is None:
                return False
            wait = True
            if damaged is None:
                return True
            if damaged in repaired:
                raise BuildError(f"{damaged} was damaged again right after its repair: the disk may be failing")
            repaired.add(damaged)
            self.situation.damaged |= {damaged}
            self.unit([damaged])
            done = {*result.recomputed, *result.cut_off, *result.failed_cells, damaged}
            waiting = [cell for cell in waiting if cell not in done]
        return True

    def _attempt(self, cells: list[Cell], *, wait: bool) -> tuple[UnitResult | None, Cell | None]:
        """Computes cells of one unit under its lock; returns what became of them, and the damaged input that stopped it.

        Two None where `wait` is off and the lock is another's.
        """
        root, ones = self.project.root, {place_of(cell): cell for cell in cells}
        with ExitStack() as held:
            for period, bucket in sorted(ones, key=str):  # in the same order by everybody
                if not held.enter_context(root.lock(f"{root.environment}{period}.{bucket}", wait=wait)):
                    return None, None
            held.enter_context(in_flight(root))
            self._refresh(cells)
            unit = Unit(self.project, self.situation, cells, self.asked, self.failed, self.recent, self.planned, self.parts)
            try:
                unit.run()
                return unit.result, None
            except DamagedInput as damage:
                return unit.result, damage.cell
            finally:  # what is recorded stays, whatever comes
                self.failed |= unit.result.failed_cells
                for one in {place_of(cell): cell for cell in unit.result.recomputed}.values():
                    sync_records(root, one)
                root.files.release()
                self.report(unit.result)

    def share(self, share: Share, folder: str) -> Part | None:
        """Computes a share of a cell over all listeners; see `part_of`. Nothing is recorded."""
        with in_flight(self.project.root):
            self._refresh([share.cell])
            try:
                return part_of(self.project, self.situation, share, folder, self.asked, self.failed, self.recent)
            finally:
                self.project.root.files.release()

    def _refresh(self, cells: Iterable[Cell]) -> None:
        """Takes over what another build recorded of the unit meanwhile."""
        ((bucket, periods),) = {one.bucket: {cell.period for cell in cells} for one in cells}.items()
        for cell, stored in manifest.load_cells(self.project.root, periods=periods, bucket=bucket).items():
            if self.situation.stored.get(cell) != stored:
                self.situation.stored[cell] = stored
                self.situation.damaged -= {cell} if self.project.looks_whole(stored) else set()

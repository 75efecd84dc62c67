"""Carries a plan out: unit by unit, deciding again as results arrive, publishing each unit atomically."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from itertools import groupby

from wrapped_assets.building.explaining import record_logic
from wrapped_assets.building.proving import failing_examples
from wrapped_assets.building.situate import Project
from wrapped_assets.building.unit import DamagedInput, Unit, UnitResult
from wrapped_assets.contracts.errors import BuildError
from wrapped_assets.planning.plan import Plan, make_plan
from wrapped_assets.planning.situation import Situation
from wrapped_assets.storage import manifest, sweep
from wrapped_assets.storage.root import Root
from wrapped_assets.vocabulary.periods import Cell


@dataclass
class BuildReport:
    """What a build did."""

    recomputed: list[Cell] = field(default_factory=list)
    cut_off: list[Cell] = field(default_factory=list)  # were to run until an input came out unchanged
    unchanged: int = 0
    failed: list[tuple[Cell, str]] = field(default_factory=list)
    seconds: float = 0.0

    def take(self, result: UnitResult) -> None:
        self.recomputed.extend(result.recomputed)
        self.cut_off.extend(result.cut_off)
        self.failed.extend(result.failed)


Progress = Callable[[int, int], None]  # cells done, cells planned


def build(
    project: Project,
    wanted: Callable[[Situation], Collection[Cell]] | None = None,
    *,
    full: bool = False,
    examples: bool = False,
    progress: Progress | None = None,
) -> BuildReport:
    """Brings the wanted cells, and what they need, up to date; all of them where `wanted` is None.

    A second build at the same time waits for a unit that the first is computing and then finds it fresh. A failed cell keeps
    what it had, and what reads it is left as it was. With `examples`, a new or changed asset whose worked example does not hold
    fails before it is computed.
    """
    started = time.monotonic()
    report = BuildReport()
    root = project.root
    with sweep.marked(root), root.lock("build", shared=True):
        situation = project.situation()
        plan = make_plan(situation, None if wanted is None else wanted(situation), full=full)
        report.unchanged = plan.unchanged
        _forget(project, situation, plan)
        if plan.steps:
            record_logic(project)
        done = 0
        asked = {step.cell for step in plan.steps} if full else set()
        refused = failing_examples(situation, plan) if examples else {}
        report.failed.extend((step.cell, refused[step.cell.asset]) for step in plan.steps if step.cell.asset in refused)
        failed = {cell for cell, _ in report.failed}
        for (period, _), steps in groupby(plan.steps, key=lambda step: (step.cell.period, step.cell.bucket)):
            cells = [step.cell for step in steps if step.cell.asset not in refused]
            if not cells:
                continue
            with root.lock(_lock_name(root, cells[0])):
                _refresh(project, situation, period)
                result = _run_unit(project, situation, cells, asked, failed)
            report.take(result)
            failed.update(cell for cell, _ in result.failed)
            done += len(cells)
            if progress:
                progress(done, len(plan.steps))
    report.seconds = time.monotonic() - started
    return report


def _run_unit(project: Project, situation: Situation, cells: list[Cell], asked: set[Cell], failed: set[Cell]) -> UnitResult:
    """Computes a unit whose lock is held; where an input turns out damaged, that input first, and then what is left."""
    total, waiting, repaired = UnitResult(), list(cells), set[Cell]()
    while waiting:
        unit = Unit(project, situation, waiting, asked, failed | total.failed_cells)
        try:
            total.take(unit.run())
            break
        except DamagedInput as damage:
            total.take(unit.result)
            done = {*unit.result.recomputed, *unit.result.cut_off, *unit.result.failed_cells}
            waiting = [cell for cell in waiting if cell not in done]
            if damage.cell in repaired:
                raise BuildError(f"{damage.cell} was damaged again right after it was repaired: the disk may be failing") from None
            repaired.add(damage.cell)
            total.take(_repaired(project, situation, damage.cell, cells[0], failed))
    total.cut_off = [cell for cell in total.cut_off if cell not in repaired]
    return total


def _repaired(project: Project, situation: Situation, cell: Cell, holder: Cell, failed: set[Cell]) -> UnitResult:
    """Computes a damaged cell again, unless another build has replaced it meanwhile."""
    if (cell.period, cell.bucket) == (holder.period, holder.bucket):  # its lock is held already
        situation.damaged |= {cell}
        return _run_unit(project, situation, [cell], set(), failed)
    with project.root.lock(_lock_name(project.root, cell)):
        before = situation.stored[cell].path  # type: ignore[attr-defined]
        _refresh(project, situation, cell.period)
        if situation.stored[cell].path == before:  # type: ignore[attr-defined]
            situation.damaged |= {cell}
        return _run_unit(project, situation, [cell], set(), failed)


def _lock_name(root: Root, cell: Cell) -> str:
    return f"{root.environment}{cell.period}.{cell.bucket}"


def _refresh(project: Project, situation: Situation, period: str) -> None:
    """Takes over what another build recorded meanwhile."""
    for cell, stored in manifest.load_cells(project.root, periods=[period]).items():
        situation.stored[cell] = stored
        situation.damaged -= {cell} if project._looks_whole(stored) else set()


def _forget(project: Project, situation: Situation, plan: Plan) -> None:
    """Removes cells whose input is gone, and their files unless a published edition or an environment names them."""
    if plan.gone:
        for path in manifest.forget_cells(project.root, plan.gone):
            (project.root.path / path).unlink(missing_ok=True)
        for cell in plan.gone:
            situation.stored.pop(cell, None)

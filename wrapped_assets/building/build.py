"""Carries a plan out: unit by unit, deciding again as results arrive, publishing each unit atomically."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from itertools import groupby

from wrapped_assets.building.explaining import record_logic
from wrapped_assets.building.situate import Project
from wrapped_assets.building.unit import DamagedInput, Unit, UnitResult
from wrapped_assets.planning.plan import Plan, make_plan
from wrapped_assets.planning.situation import Situation
from wrapped_assets.storage import manifest, sweep
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
    project: Project, wanted: Callable[[Situation], Collection[Cell]] | None = None, *, full: bool = False, progress: Progress | None = None
) -> BuildReport:
    """Brings the wanted cells, and what they need, up to date; all of them where `wanted` is None.

    A second build at the same time waits for a unit that the first is computing and then finds it fresh. A failed cell keeps
    what it had, and what reads it is left as it was.
    """
    started = time.monotonic()
    report = BuildReport()
    root = project.root
    with sweep.marked(root), root.lock("build", shared=True):
        situation = project.situation()
        plan = make_plan(situation, None if wanted is None else wanted(situation), full=full)
        report.unchanged = plan.unchanged
        _forget(project, plan)
        if plan.steps:
            record_logic(project)
        done = 0
        asked = {step.cell for step in plan.steps if step.reason == "asked"} if full else set()
        if full:
            asked = {step.cell for step in plan.steps}
        failed: set[Cell] = set()
        for (period, bucket), steps in groupby(plan.steps, key=lambda step: (step.cell.period, step.cell.bucket)):
            cells = [step.cell for step in steps]
            with root.lock(f"{root.environment}{period}.{bucket}"):
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
    """Computes a unit; where an input turns out damaged, that input's own unit first."""
    for _ in range(3):
        try:
            return Unit(project, situation, cells, asked, failed).run()
        except DamagedInput as damage:
            situation.damaged |= {damage.cell}
            with project.root.lock(f"{damage.cell.period}.{damage.cell.bucket}"):
                Unit(project, situation, [damage.cell], set(), failed).run()
            situation.damaged -= {damage.cell}
    raise damage  # noqa: F821 (three inputs damaged while we looked: the disk is failing)


def _refresh(project: Project, situation: Situation, period: str) -> None:
    """Takes over what another build recorded meanwhile."""
    for cell, stored in manifest.load_cells(project.root, periods=[period]).items():
        situation.stored[cell] = stored
        situation.damaged -= {cell} if project._looks_whole(stored) else set()


def _forget(project: Project, plan: Plan) -> None:
    if plan.gone:
        manifest.forget_cells(project.root, plan.gone)

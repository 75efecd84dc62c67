"""Executes a plan unit by unit, updates it as results arrive, and publishes each unit atomically.

A unit that finds the world moved publishes nothing: the build takes a new situation, plans again and goes on. Cells that it has recorded
by then are fresh, or stale again for a reason that the new plan names.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Collection
from dataclasses import dataclass, field

from wrapped_assets.building.claiming import carry_out
from wrapped_assets.building.crew import UNIT_SECONDS, Crew, Heard
from wrapped_assets.building.dispatch import Dispatch
from wrapped_assets.building.executor import Executor
from wrapped_assets.building.explaining import record_logic, unrecorded
from wrapped_assets.building.handout import most_at_once
from wrapped_assets.building.linking_ahead import link_ahead
from wrapped_assets.building.local_executor import Local, processors
from wrapped_assets.building.passes import Pass
from wrapped_assets.building.patience import Patience
from wrapped_assets.building.pin import Moved
from wrapped_assets.building.proving import failing_examples
from wrapped_assets.building.schedule import bucket_by_bucket, units_of
from wrapped_assets.building.situate import Project
from wrapped_assets.building.unit_result import UnitResult
from wrapped_assets.contracts.errors import RegistryUnavailable
from wrapped_assets.planning.plan import Plan, make_plan
from wrapped_assets.planning.situation import Situation
from wrapped_assets.storage import manifest, sweep
from wrapped_assets.storage.buckets import forget_divisions
from wrapped_assets.storage.chunks import landed_by_month, landed_rows
from wrapped_assets.storage.rebucketing import tidy_up
from wrapped_assets.storage.records import remove_records
from wrapped_assets.vocabulary.periods import Cell, is_span


@dataclass
class BuildReport:
    """What a build did."""

    recomputed: list[Cell] = field(default_factory=list)
    cut_off: list[Cell] = field(default_factory=list)  # were to run until an input came out unchanged
    unchanged: int = 0
    failed: list[tuple[Cell, str]] = field(default_factory=list)
    seconds: float = 0.0
    lost: list[str] = field(default_factory=list)  # why workers were lost or left out; what they had was done by others, or has failed
    _seen: set[Cell] = field(default_factory=set)

    def take(self, result: UnitResult) -> None:
        """Adds a unit's cells. A cell that is computed again, because the world moved, counts once."""
        self.recomputed.extend(cell for cell in result.recomputed if cell not in self._seen)
        self._seen.update(result.recomputed)
        self.cut_off.extend(cell for cell in result.cut_off if cell not in self._seen)
        self.failed.extend(result.failed)


ROWS_WORTH_A_PROCESS = 1_000_000
SECONDS_WORTH_A_PROCESS = 20.0
Wanted = Callable[[Situation], Collection[Cell]]
Progress = Callable[[int, int], None]  # cells done, cells planned


def build(
    project: Project, wanted: Wanted | None = None, *, full: bool = False, examples: bool = False, progress: Progress | None = None,
    workers: int = 1, executor: Executor | None = None, unit_seconds: float = UNIT_SECONDS,
) -> BuildReport:  # fmt: skip
    """Brings the wanted cells, and what they need, up to date; all of them where `wanted` is None.

    A second build at the same time waits for a unit that the first is computing and then finds it fresh. A failed cell keeps
    what it had, and what reads it is left as it was. With `examples`, a new or changed asset whose worked example does not hold
    fails before it is computed. `workers` is how many workers of the `executor` compute, which is this machine where none is given; 0: as
    many as have a processor, on this machine only where that pays. A worker that takes longer than `unit_seconds` for a unit is ended.
    The cells are the same for any number and any executor.
    """
    started, report, patience = time.monotonic(), BuildReport(), Patience()
    tidy_up(project.root)
    with sweep.marked(project.root) as mark, project.root.lock("build", shared=True):
        while True:
            before = len(report.recomputed)
            try:
                _carry_out(project, wanted, full, examples, progress, report, workers, executor, unit_seconds)
                if not _spans_moved(project):
                    break
            except Moved as moved:
                patience.world_moved(str(moved), has_advanced=len(report.recomputed) > before)
            except RegistryUnavailable as error:
                mark.stays = True  # nobody knows whether the last transaction was carried out
                patience.registry_lost(error, has_advanced=len(report.recomputed) > before)
        if report.lost:  # what they were writing is named by no row
            mark.stays = not sweep.swept(project.root)
    if wanted is None and not report.failed and project.seen is not None and project.seen.situation.divided:
        forget_divisions(project.root)
    report.seconds = time.monotonic() - started
    return report


def _carry_out(
    project: Project, wanted: Wanted | None, full: bool, examples: bool, progress: Progress | None, report: BuildReport,
    workers: int, executor: Executor | None, unit_seconds: float,
) -> None:  # fmt: skip
    """One situation, one plan, and its units."""
    linking = workers or (processors() if landed_rows(project.root) >= ROWS_WORTH_A_PROCESS else 1)
    link_ahead(project.root, linking, unit_seconds)
    situation = project.situation()
    plan = make_plan(situation, None if wanted is None else wanted(situation), full=full)
    before = set(report.recomputed)  # what an earlier situation asked for
    plan.steps = [step for step in plan.steps if step.reason != "asked" or step.cell not in before]
    report.unchanged = plan.unchanged if full else plan.unchanged - len(before)
    report.cut_off, report.failed = [], []
    _forget(project, situation, plan)
    refused = _refused(project, situation, plan, examples)
    report.failed.extend((step.cell, refused[step.cell.asset]) for step in plan.steps if step.cell.asset in refused)
    asked, failed = {step.cell for step in plan.steps} if full else set[Cell](), {cell for cell, _ in report.failed}
    plan_length, done = len(plan.steps), 0
    plan.steps = [step for step in plan.steps if step.cell.asset not in refused]
    units = units_of(plan, landed_by_month(project.root))

    def finished(count: int) -> None:
        nonlocal done
        done += count
        if progress:
            progress(done, plan_length)

    if not units:
        return
    count = workers or _worth_starting(project, plan, executor)
    count = min(count, most_at_once(situation, units, asked)) if count > 1 else 1
    if count > 1 or executor:
        crew = Crew(executor or Local(), count, unit_seconds)
        Dispatch(crew, project, situation, units, asked, failed, Heard(report.take, finished, report.lost.append)).run()
        return
    run = Pass(project, situation, asked, failed, report.take, [step.cell for step in plan.steps])
    carry_out(run, bucket_by_bucket(units), finished)


def _refused(project: Project, situation: Situation, plan: Plan, examples: bool) -> dict[str, str]:
    """Asset → why it is not computed, of the planned assets whose logic is new to this root and whose example does not hold.

    Logic counts as known once a build has planned with it, whether or not that build could end. The first build proves none:
    whoever installs the platform has examples that its tests have run.
    """
    new = unrecorded(project) if plan.steps else set[str]()
    planned = [key for key in dict.fromkeys(step.cell.asset for step in plan.steps) if key in new]
    is_first = len(new) == len(project.logic) and not situation.stored
    refused = failing_examples(situation.graph, planned) if examples and not is_first else {}
    if new:
        record_logic(project, (key for key in planned if key not in refused))
    return refused


def _spans_moved(project: Project) -> bool:
    """Whether a span has other months by now: an end of what is known turned out to be a month without plays."""
    assert project.seen is not None
    situation = project.seen.situation
    before = {cell.period for cell in situation.expected() if is_span(cell.period)}
    return bool(situation.spans) and before != {cell.period for cell in project.situation().expected() if is_span(cell.period)}


def _worth_starting(project: Project, plan: Plan, executor: Executor | None) -> int:
    """How many workers a plan is worth: each reads anew what another had in memory, and starts for a second or two.

    This machine's processors are all used or none but this process's; of what an executor has, one worker for each so much work.
    """
    if any(step.seconds is None for step in plan.steps):
        worth = landed_rows(project.root) // ROWS_WORTH_A_PROCESS
    else:
        worth = int(sum(step.seconds or 0 for step in plan.steps) / SECONDS_WORTH_A_PROCESS)
    if executor is None:
        return processors() if worth else 1
    return min(worth, executor.capacity()) if worth > 1 else 1


def _forget(project: Project, situation: Situation, plan: Plan) -> None:
    """Removes cells whose input is gone, and their files unless a published edition or an environment names them."""
    if plan.gone:
        manifest.remove_unnamed(project.root, manifest.forget_cells(project.root, plan.gone))
        remove_records(project.root, plan.gone)
        for cell in plan.gone:
            situation.stored.pop(cell, None)

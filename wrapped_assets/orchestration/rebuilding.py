"""Jobs that look ahead and build over a range of dates: `wrapped plan` and `wrapped build` in the UI, months and years in one run.

A backfill of Dagster's becomes several runs where a year reads the year before. Here a range is one run, whatever it holds.
"""

import time
from collections import defaultdict
from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import dagster as dg
from pydantic import Field

from wrapped_assets.contracts.selection import selected_assets
from wrapped_assets.orchestration import facts
from wrapped_assets.orchestration.attempts import note_failures, still_failing
from wrapped_assets.orchestration.lake import Lake, Recompute
from wrapped_assets.orchestration.partitions import ranges

if TYPE_CHECKING:
    from wrapped_assets.planning.plan import Plan, Step
    from wrapped_assets.planning.situation import Situation
    from wrapped_assets.vocabulary.periods import Cell

PLAN, BUILD, RETRY = "plan", "build", "retry_failed"
EVER = ("2002", "9999")
TOLD_SECONDS = 5  # between two lines of a run's progress
AHEAD = "{cells} cells of {assets} assets would be computed, {waiting} of them only if an input changes; {fresh} are fresh."
BUILT = "{computed} cells computed, {cut_off} cut off early, {unchanged} unchanged, {reported} partitions reported."


class Range(dg.Config):
    """Which cells: of a range of dates, of some assets, of some buckets; the stale ones or all."""

    first: str = Field(default="", description="The first month, as 2024-06, or year; empty: from the beginning.")
    last: str = Field(default="", description="The last month or year, included; empty: to the end.")
    assets: str = Field(default="", description="As `wrapped build --select` takes them, such as insights/* or top_artists+; empty: all.")
    buckets: list[int] = Field(default=[], description="Buckets of listeners; empty: all.")
    recompute: Recompute = Field(default=Recompute.stale, description="stale: what is out of date; all: every cell of the range.")

    def cells(self, situation: "Situation") -> "set[Cell]":
        """The cells that are asked for; InputError for a range or an asset that does not exist."""
        from wrapped_assets.planning.situation import cells_of
        from wrapped_assets.vocabulary.periods import is_month, is_span

        keys = selected_assets(situation.graph, self.assets) if self.assets else None
        found = cells_of(situation, keys, None, set(self.buckets) or None)
        if not (self.first or self.last):
            return found
        kinds = {is_monthly: (first, last) for is_monthly, first, last in ranges(self.first or EVER[0], self.last or EVER[1])}
        told = {cell for cell in found if not is_span(cell.period)}
        return {cell for cell in told if kinds[is_month(cell.period)][0] <= cell.period <= kinds[is_month(cell.period)][1]}

    def plan(self, situation: "Situation") -> "Plan":
        """What a build of them would compute."""
        from wrapped_assets.planning.plan import make_plan

        wanted, full = self.cells(situation), self.recompute is Recompute.all
        plan = make_plan(situation, wanted, full=full)
        if full:  # computed whether or not an input changes
            sure = {step.cell for step in plan.steps if step.reason == "upstream" and step.cell in wanted}
            plan.steps = [replace(step, reason="asked") if step.cell in sure else step for step in plan.steps]
        return plan


@dg.op
def look_ahead(context: dg.OpExecutionContext, config: Range, lake: Lake) -> None:
    """Says what a build with the same config would compute. Changes nothing."""
    facts.trying_again(PLAN, lambda: _look_ahead(context, config, lake))


def _look_ahead(context: dg.OpExecutionContext, config: Range, lake: Lake) -> None:
    situation = lake.project.situation()
    plan = config.plan(situation)
    rows, declared = by_asset(plan.steps), situation.graph.by_key
    waiting = sum(step.reason == "upstream" for step in plan.steps)
    numbers = {"cells": len(plan.steps), "assets": len(rows), "waiting": waiting, "fresh": plan.unchanged}
    shown = facts.metadata(numbers | {"seconds_last_time": float(sum(step.seconds or 0 for step in plan.steps))})
    context.add_output_metadata({**shown, "what": facts.table(rows, declared)})
    said = facts.told(AHEAD, **numbers)
    context.log.info(said)


def by_asset(steps: "Sequence[Step]") -> list[dict[str, facts.Fact]]:
    """One row for each asset and reason, in the order in which they are computed."""
    groups: dict[tuple[str, str], list[Step]] = defaultdict(list)
    for step in steps:
        groups[step.cell.asset, step.reason].append(step)
    return [
        {
            "asset": asset, "reason": reason, "cells": len(found), "partitions": len({step.cell.period for step in found}),
            "first": min(step.cell.period for step in found), "last": max(step.cell.period for step in found),
            "rows": sum(step.rows or 0 for step in found), "seconds": round(sum(step.seconds or 0 for step in found), 1),
        }
        for (asset, reason), found in groups.items()
    ]  # fmt: skip


@dg.op
def build_the_range(context: dg.OpExecutionContext, config: Range, lake: Lake) -> None:
    """Computes it. A run that is canceled leaves whole cells, and what is left is stale as before."""
    facts.trying_again(BUILD, lambda: _build(context, lake, config.cells, full=config.recompute is Recompute.all))


@dg.op
def build_what_failed(context: dg.OpExecutionContext, lake: Lake) -> None:
    """Computes the cells that failed, and those that wait for them, of all assets."""
    facts.trying_again(RETRY, lambda: _build(context, lake, lambda situation: _failed(situation, context.instance), full=False))


def _failed(situation: "Situation", instance: dg.DagsterInstance) -> "set[Cell]":
    from wrapped_assets.orchestration.staleness import behind
    from wrapped_assets.planning.plan import make_plan

    plan = make_plan(situation)
    failing = still_failing(situation, plan, instance)
    return {*failing, *behind(situation, plan, failing)}


def _build(context: dg.OpExecutionContext, lake: Lake, wanted: "Callable[[Situation], Collection[Cell]]", *, full: bool) -> None:
    """Builds, tells how far it is, and reports to Dagster what came out, whether or not some of it failed."""
    from wrapped_assets.orchestration.mirror import mirror

    last = time.monotonic()

    def progress(done: int, planned: int) -> None:
        nonlocal last
        if time.monotonic() - last > TOLD_SECONDS:
            last = time.monotonic()
            said = facts.told("{done} of {planned} cells done.", done=done, planned=planned)
            context.log.info(said)

    report = lake.build(wanted, full=full, progress=progress)
    failed = dict(report.failed)
    note_failures(lake.project, context.instance, failed)
    reported = mirror(lake.project, context.instance)
    numbers = {"computed": len(report.recomputed), "cut_off": len(report.cut_off), "unchanged": report.unchanged, "reported": reported}
    shown = facts.metadata(numbers | {"failed": len(failed), "seconds": report.seconds})
    context.add_output_metadata(shown)
    said = facts.told(BUILT, **numbers)
    context.log.info(said)
    if failed:
        raise facts.failed_cells(list(failed.values()))


@dg.job(name=PLAN, description="`wrapped plan`: what a build of a range of dates would compute, and why. See the run's output.")
def plan_job() -> None:
    """Changes nothing."""
    look_ahead()


@dg.job(name=BUILD, description="`wrapped build`: months and years of a range of dates, of all assets or some, in one run.")
def build_job() -> None:
    """Computes what `plan` shows for the same config."""
    build_the_range()


@dg.job(name=RETRY, description="Tries again what failed, of all assets, and then what waits for it, in one run.")
def retry_job() -> None:
    """The planner does not try it before its code or its input changed."""
    build_what_failed()


JOBS = [plan_job, build_job, retry_job]

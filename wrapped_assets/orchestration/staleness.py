"""Which partitions are stale, and the run that brings them up to date. Keys and tags hold periods and digests only."""

import time
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import takewhile

import dagster as dg
from dagster._core.storage.tags import ASSET_PARTITION_RANGE_END_TAG, ASSET_PARTITION_RANGE_START_TAG

from wrapped_assets.building.situate import Project
from wrapped_assets.kernels.versions import combined
from wrapped_assets.orchestration.attempts import still_failing
from wrapped_assets.orchestration.facts import told
from wrapped_assets.orchestration.partitions import loaded_periods
from wrapped_assets.orchestration.spans import SPANS
from wrapped_assets.planning.plan import Plan, decide, make_plan
from wrapped_assets.planning.situation import Situation
from wrapped_assets.storage.first_month import note_first_month
from wrapped_assets.vocabulary.periods import Cell, Month, is_month, is_span

MONTHS, YEARS = "months", "years"  # the jobs
WORLD = "wrapped/world"  # the tag of a run: what was there when the planner asked for it
PAUSES = (60, 600, 3600)  # seconds before what a run was to compute, and did not, is asked for again
ASKED = "wrapped/asked"  # the tag of a run: what the planner asked for, and the state of the lake


@dataclass(frozen=True)
class Stale:
    """What the planner would compute now, what of it failed and did not change since, and what waits for that."""

    situation: Situation
    plan: Plan
    failing: Collection[Cell] = ()
    blocked: Collection[Cell] = field(default_factory=set)

    def of(self, job: str) -> list[str]:
        """The stale months or years that are partitions; older ones become partitions when the definitions are loaded again."""
        return sorted({cell.period for cell in self._cells(job)})

    def _cells(self, job: str) -> list[Cell]:
        first = (loaded_periods().months if job == MONTHS else loaded_periods().years).get_first_partition_key()
        planned = [step.cell for step in self.plan.steps if not is_span(step.cell.period)]
        cells = [cell for cell in planned if is_month(cell.period) == (job == MONTHS)]
        return [cell for cell in cells if first and first <= cell.period <= running(job)]

    def next_run(self, state: str, runs: Sequence[dg.RunRecord]) -> dg.RunRequest | str:
        """The run that comes next, or why none does: the months, and when these are done the years; only assets that are stale and can be
        computed.

        A range of periods is one run. It ends before the first period in which one of its assets waits for a failed one. `state` is that of
        the lake, and `runs` are the planner's newest, the last one first: what they were asked for and did not compute is asked for again
        after a pause, or at once where something changed meanwhile.
        """
        for job in (MONTHS, YEARS):
            idle = {*self.failing, *self.blocked}
            if wanted := [cell for cell in self._cells(job) if cell not in idle]:
                pairs = {(cell.period, cell.asset) for cell in wanted}
                waiting = {(cell.period, cell.asset) for cell in self._cells(job) if cell in idle} - pairs
                first = end = min(pairs)[0]
                assets: set[str] = set()
                for period in sorted({period for period, _ in pairs}):
                    more = assets | {asset for at, asset in pairs if at == period}
                    if any(first <= at <= period and asset in more for at, asset in waiting):
                        break
                    assets, end = more, period
                digest = combined(state, *((str(cell), decide(self.situation, cell).input_version) for cell in wanted))
                tags = {WORLD: self.world(), ASKED: digest}
                key = f"{job} {digest} {_newest(runs)}"  # a key is carried out once ever, and the same may come again
                return _why_not(runs, tags) or request(job, first, end, key, sorted(assets), tags)
        if wanted := [cell for cell in self._of_spans() if cell not in {*self.failing, *self.blocked}]:
            digest = combined(state, *((str(cell), decide(self.situation, cell).input_version) for cell in wanted))
            tags = {WORLD: self.world(), ASKED: digest}
            key = f"{SPANS} {digest} {_newest(runs)}"
            return _why_not(runs, tags) or dg.RunRequest(job_name=SPANS, run_key=key, tags=tags)
        return self._why_none()

    def _of_spans(self) -> list[Cell]:
        """The stale cells of spans that somebody asked for; they are computed once the months and years are."""
        return [step.cell for step in self.plan.steps if is_span(step.cell.period)]

    def _why_none(self) -> str:
        """Why there is nothing to ask for."""
        if outside := len(self.plan.steps) - len(self._of_spans()) - sum(len(self._cells(job)) for job in (MONTHS, YEARS)):
            return told("{cells} stale cells are of periods that are no partitions yet: press Reload definitions.", cells=outside)
        if self.failing:
            return told("{failed} cells failed, and neither their code nor their input changed since.", failed=len(self.failing))
        return "Everything is up to date."

    def world(self) -> str:
        """Changes when code, rules or anything from outside does, and not when cells are computed."""
        situation = self.situation
        parts = [*sorted(situation.logic.items()), *sorted(situation.rules.items())]
        parts += sorted((place, sorted(hashes.items())) for place, hashes in situation.landed.items())
        return combined(*map(str, parts))


def _newest(runs: Sequence[dg.RunRecord]) -> str:
    return runs[0].dagster_run.run_id if runs else ""


def _why_not(runs: Sequence[dg.RunRecord], tags: Mapping[str, str]) -> str | None:
    """Why the planner does not ask again for what its newest runs were to compute; None where it asks."""
    if not runs:
        return None
    last = runs[0].dagster_run
    if last.status is dg.DagsterRunStatus.CANCELED and last.tags.get(WORLD) == tags[WORLD]:
        return "The last run was canceled, and nothing changed since: materialize by hand what you want computed."
    tries = len(list(takewhile(lambda run: run.dagster_run.tags.get(ASKED) == tags[ASKED], runs)))
    if tries > len(PAUSES):
        return "The last runs did not compute what they were asked for, and nothing changed since: it is tried again tomorrow."
    if tries and time.time() - (runs[0].end_time or runs[0].update_timestamp.timestamp()) < PAUSES[tries - 1]:
        return "The last run did not compute what it was asked for: it is tried again a minute, ten minutes and an hour later."
    return None


def stale(project: Project, instance: dg.DagsterInstance | None = None) -> Stale:
    """What the planner would compute now; notes from which month on there is anything."""
    situation = project.situation()
    if months := [cell.period for cell in situation.expected() if is_month(cell.period)]:
        note_first_month(project.root.path, Month.parse(min(months)))
    plan = make_plan(situation)
    if instance is None:
        return Stale(situation, plan)
    failing = still_failing(situation, plan, instance)
    return Stale(situation, plan, failing, behind(situation, plan, failing))


def behind(situation: Situation, plan: Plan, failing: Collection[Cell]) -> set[Cell]:
    """The stale cells that wait for a failing one, and the other buckets of their partitions: a run would try the failing one again."""
    bad = set(failing)
    reads = {step.cell: [source for _, _, source, _ in situation.inputs_of(step.cell) if source] for step in plan.steps} if bad else {}
    waiting: set[tuple[str, str]] = set()
    while True:
        more = {
            (cell.asset, cell.period)
            for cell, sources in reads.items()
            if (cell.asset, cell.period) not in waiting
            and any(source in bad or (source.asset, source.period) in waiting for source in sources)
        }
        if not more:
            return {cell for cell in reads if (cell.asset, cell.period) in waiting}
        waiting |= more


def running(job: str) -> str:
    """The running month or year, which is a job's last partition."""
    month = str(Month.of(datetime.now(UTC).date()))
    return month if job == MONTHS else month[:4]


def request(
    job: str, first: str, last: str, run_key: str, assets: Sequence[str] | None = None, tags: Mapping[str, str] | None = None
) -> dg.RunRequest:
    """One run over a range of partitions, of all of the job's assets where none are named."""
    return dg.RunRequest(
        job_name=job, run_key=run_key, tags={ASSET_PARTITION_RANGE_START_TAG: first, ASSET_PARTITION_RANGE_END_TAG: last, **(tags or {})},
        asset_selection=None if assets is None else [dg.AssetKey(key.split("/")) for key in assets],
    )  # fmt: skip

"""Launches in the UI: how far each year's is, a job that carries its plan out, and a sensor that starts it when there is something to do.

All of it is what `wrapped launch` does. Approving stays a command's: the UI has no login, and a run's config is kept for good.
"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import dagster as dg

from wrapped_assets.building.situate import Project
from wrapped_assets.contracts.errors import BuildError, InputError
from wrapped_assets.orchestration import facts, pages
from wrapped_assets.orchestration.asking import LAUNCH, is_busy, why_not_now
from wrapped_assets.orchestration.editions import Year
from wrapped_assets.orchestration.groups import numbered
from wrapped_assets.orchestration.lake import Lake
from wrapped_assets.orchestration.partitions import Periods
from wrapped_assets.orchestration.queueing import AT_ONCE, BEFORE_OTHERS
from wrapped_assets.orchestration.source_links import source_file
from wrapped_assets.orchestration.where import data_root

KEY, JOB = dg.AssetKey(["editions", "launch"]), "launch"
AHEAD = timedelta(minutes=2)  # a run that starts takes seconds, so it is started before the instant, and waits
INTERVAL_SECONDS = 30
MEANING = (
    "How far the year's launch is. Materializing looks: each step is 1 where there is evidence for the edition that is live; seconds to "
    "the launch; and how many steps would be late at the speed that was measured. It fails where nothing is planned. There are no ties: "
    "the steps have one order.\n\nExample: `rendered` 1 and `uploaded` 0 say that the pages are written and a target lacks some.\n\n"
    "The sensor `launches` carries the plan out; `wrapped launch show` says the evidence itself."
)


def launch_asset(periods: Periods) -> dg.AssetsDefinition:
    """The asset, by year."""
    spec = dg.AssetSpec(
        KEY, deps=[pages.KEY], partitions_def=periods.years, group_name=numbered("editions"), owners=["team:insights"], kinds={"edition"},
        description=MEANING, tags={"privacy": "aggregate", "layer": "editions"},
        metadata={"dagster/code_references": source_file("serving/launch/steps.py")},
    )  # fmt: skip

    @dg.multi_asset(name="editions__launch", specs=[spec], backfill_policy=dg.BackfillPolicy.multi_run(1))
    def launch(context: dg.AssetExecutionContext, lake: Lake) -> Iterator[dg.MaterializeResult]:
        told = facts.discreetly("launch", lambda: figures(lake, int(context.partition_key)))
        yield dg.MaterializeResult(KEY, metadata=facts.metadata(told))

    return launch


def figures(lake: Lake, year: int) -> dict[str, facts.Fact]:
    """Numbers only: 1 stands for done."""
    from wrapped_assets.serving.launch.reporting import report

    found = report(lake.project, year)
    told: dict[str, facts.Fact] = {line.step: int(line.facts is not None) for line in found.lines}
    told |= {"late_steps": len(found.late), "is_stopped": int(found.stopped is not None)}
    return told if found.seconds_left is None else told | {"seconds_to_launch": int(found.seconds_left)}


@dg.op
def carry_the_plan_out(context: dg.OpExecutionContext, config: Year, lake: Lake) -> None:
    """Carries out what can be, and waits for an instant that is near. Fails where a step fails, with the reason."""
    from wrapped_assets.serving.launch.carrying_out import Carried
    from wrapped_assets.serving.launch.waiting import carry_on

    steps = 0

    def tell(done: Carried) -> None:
        nonlocal steps
        steps += len(done.done)
        if done.reason and not done.is_waiting:
            raise BuildError(done.reason)

    facts.discreetly(JOB, lambda: carry_on(lake.project, config.year, AHEAD, tell))
    said = facts.told("{steps} steps of the launch of {year} were carried out.", steps=steps, year=config.year)
    context.log.info(said)


@dg.job(name=JOB, description="`wrapped launch run`: each step in order, only where the one before it is evidenced; stops with the reason.")
def launch_job() -> None:
    """Carries a launch plan out."""
    carry_the_plan_out()


@dg.sensor(job=launch_job, minimum_interval_seconds=INTERVAL_SECONDS, default_status=dg.DefaultSensorStatus.RUNNING)
def launches(context: dg.SensorEvaluationContext) -> list[dg.RunRequest] | dg.SkipReason:
    """From a planned launch's freeze on: carries out what is to be done, flips at the instant, and keeps targets in step afterwards."""
    from wrapped_assets.serving.launch.waiting import due, opening, state
    from wrapped_assets.storage.launches import plans

    project = facts.discreetly(JOB, _planned)
    if project is None:
        return dg.SkipReason("No launch is planned.")
    if is_busy(context.instance, LAUNCH):
        return dg.SkipReason("A launch is being carried out.")
    now = facts.discreetly(JOB, lambda: state(project.root, AHEAD))
    years = facts.discreetly(JOB, lambda: due(project, AHEAD)) if now != context.cursor else []
    if not years:
        context.update_cursor(now)
        stopped = sum(plan.stopped is not None for plan in plans(project.root).values())
        return dg.SkipReason(facts.told("Nothing is to be done now; {stopped} plans are stopped.", stopped=stopped))
    clock = f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%S.%f}"  # a plan may have to be carried out again although nothing was written
    if refused := why_not_now(context.instance, launches.name, f"launch {years[-1]} {clock}", LAUNCH):
        return dg.SkipReason(refused)
    near = facts.discreetly(JOB, lambda: opening(project.root, AHEAD))
    return [
        dg.RunRequest(
            run_key=f"launch {year} {clock}", tags=AT_ONCE if year in near else BEFORE_OTHERS,
            run_config={"ops": {"carry_the_plan_out": {"config": {"year": year}}}},
        )
        for year in years
    ]  # fmt: skip


def _planned() -> Project | None:
    """The data root; None where there is none, or no launch is planned in it."""
    from wrapped_assets.storage.launches import plans
    from wrapped_assets.storage.root import Root

    try:
        root = Root.open(data_root())
    except InputError:  # nothing was imported yet
        return None
    return Project(root) if plans(root) else None

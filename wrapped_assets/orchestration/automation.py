"""What starts runs by itself: nightly months, weekly years, the inbox; and the sensor that mirrors work done elsewhere."""

import warnings
from typing import TYPE_CHECKING

import dagster as dg

from wrapped_assets.contracts.errors import InputError
from wrapped_assets.contracts.graph import project_graph
from wrapped_assets.orchestration.facts import discreetly, told
from wrapped_assets.orchestration.lake import open_project
from wrapped_assets.orchestration.scrubbing import nightly_scrub
from wrapped_assets.orchestration.where import data_root

if TYPE_CHECKING:
    from wrapped_assets.building.situate import Project
    from wrapped_assets.orchestration.staleness import Stale

MONTHS, YEARS, RETENTION = "months", "years", "retention"
ON = {"sensor": dg.DefaultSensorStatus.RUNNING, "schedule": dg.DefaultScheduleStatus.RUNNING}
NO_ROOT = "Nothing was imported yet."


def _job(name: str, description: str, *, monthly: bool):
    keys = [key.split("/") for key, found in project_graph().by_key.items() if (found.kind == "month_bucket") == monthly]
    return dg.define_asset_job(name, dg.AssetSelection.assets(*keys), description=description)


# All monthly assets, and all yearly ones: a run has partitions of one kind.
JOBS = {
    MONTHS: _job(MONTHS, "Catalogue, listens and monthly aggregates.", monthly=True),
    YEARS: _job(YEARS, "Histories, insights, playlists and population figures.", monthly=False),
}


def _opened() -> "Project | None":
    """The project of the environment's data root; None where nothing was imported yet."""
    try:
        return open_project(data_root())
    except InputError:
        return None


def _stale() -> "Stale | None":
    """What is stale; None where nothing was imported yet."""
    from wrapped_assets.orchestration.staleness import stale

    return stale(project) if (project := _opened()) else None


def _scheduled(context: dg.ScheduleEvaluationContext, job: str) -> dg.RunRequest | dg.SkipReason:
    """One run from the first stale partition to the running one, which is always in it: that the schedule ran is seen by freshness."""
    from wrapped_assets.orchestration.staleness import request, running

    found = discreetly(job, _stale)
    if found is None:
        return dg.SkipReason(NO_ROOT)
    last = running(job)
    first = min([*found.of(job), last])
    return request(job, first, last, f"{job} {context.scheduled_execution_time:%Y-%m-%dT%H:%M}")


@dg.schedule(job=JOBS[MONTHS], cron_schedule="30 3 * * *", default_status=ON["schedule"])
def nightly_months(context: dg.ScheduleEvaluationContext) -> dg.RunRequest | dg.SkipReason:
    """Every night at 03:30 UTC: stale months of catalogue, listens and aggregates, and the running month."""
    return _scheduled(context, MONTHS)


@dg.schedule(job=JOBS[YEARS], cron_schedule="30 4 * * 1", default_status=ON["schedule"])
def weekly_years(context: dg.ScheduleEvaluationContext) -> dg.RunRequest | dg.SkipReason:
    """Every Monday at 04:30 UTC: stale years of histories, insights, playlists and population figures, and the running year."""
    return _scheduled(context, YEARS)


@dg.op
def destroy_what_is_old(context: dg.OpExecutionContext) -> None:
    """Ends exports that are older than their policy keeps them, and keys of names whose erasure is long past."""
    from wrapped_assets.privacy import retention
    from wrapped_assets.storage import tombstones

    project = discreetly(RETENTION, _opened)
    if project is None:  # nothing was imported yet
        return
    ended = discreetly(RETENTION, lambda: retention.expire(project.root))
    keys = discreetly(RETENTION, lambda: tombstones.expire(project.root))
    said = told("{ended} exports and {keys} keys of erased names destroyed.", ended=ended, keys=keys)
    context.log.info(said)


@dg.job(name=RETENTION, description="Destroys what may be kept no longer: exports by their policies, and keys of erased names.")
def retention_job() -> None:
    """`wrapped expire`."""
    destroy_what_is_old()


@dg.schedule(job=retention_job, cron_schedule="30 2 * * *", default_status=ON["schedule"])
def nightly_retention(context: dg.ScheduleEvaluationContext) -> dg.RunRequest:
    """Every night at 02:30 UTC, before anything else: what may be kept no longer is destroyed."""
    return dg.RunRequest(run_key=f"retention {context.scheduled_execution_time:%Y-%m-%d}")


@dg.sensor(jobs=list(JOBS.values()), minimum_interval_seconds=30, default_status=ON["sensor"])
def inbox(context: dg.SensorEvaluationContext) -> dg.SensorResult | dg.SkipReason:
    """Lands what was dropped into `inbox/<listener>/` of the data root; then requests the stale months, and after them the years."""
    from wrapped_assets.orchestration.inbox import empty
    from wrapped_assets.orchestration.staleness import request

    done = discreetly("inbox", lambda: empty(data_root()))
    said = told("{landed} drops landed ({plays} plays), {refused} refused.", **vars(done))
    if done.landed or done.refused:
        context.log.info(said)
    if not done.landed and context.cursor != "landed":
        return dg.SkipReason(said if done.refused else "The inbox is empty.")
    found = discreetly("inbox", _stale)
    if found is None:
        return dg.SkipReason(said)
    if months := found.of(MONTHS):
        return dg.SensorResult([request(MONTHS, months[0], months[-1], f"inbox months {found.digest}")], cursor="landed")
    if years := found.of(YEARS):
        return dg.SensorResult([request(YEARS, years[0], years[-1], f"inbox years {found.digest}")], cursor="")
    return dg.SensorResult(skip_reason="Everything is up to date.", cursor="")


@dg.sensor(minimum_interval_seconds=60, default_status=ON["sensor"], target=None)
def mirror(context: dg.SensorEvaluationContext) -> dg.SkipReason:
    """Reports partitions that were imported or computed without Dagster, such as by `wrapped import` and `wrapped build`."""
    from wrapped_assets.orchestration.mirror import mirror as report
    from wrapped_assets.orchestration.mirror import state

    project = discreetly("mirror", _opened)
    if project is None:
        return dg.SkipReason(NO_ROOT)
    if (now := discreetly("mirror", lambda: state(project.root))) == context.cursor:
        return dg.SkipReason("Nothing changed.")
    if context.instance.get_run_records(dg.RunsFilter(statuses=[dg.DagsterRunStatus.STARTED]), limit=1):
        return dg.SkipReason("A run is in progress; it reports for itself.")
    count = discreetly("mirror", lambda: report(project, context.instance))
    context.update_cursor(now)
    return dg.SkipReason(told("{count} partitions reported.", count=count))


# Declarative automation: the daemon asks the planner and recomputes the same cells that `wrapped build` would.
with warnings.catch_warnings():
    warnings.simplefilter("ignore", dg.BetaWarning)  # use_user_code_server: the condition is code of ours
    planner = dg.AutomationConditionSensorDefinition(
        "planner", target=dg.AssetSelection.all(), default_status=ON["sensor"], minimum_interval_seconds=60, use_user_code_server=True,
        description="Requests the partitions that hold a stale cell, after a change of logic, rules or data. Stop it to recompute by hand.",
    )  # fmt: skip

SCHEDULES = [nightly_scrub, nightly_retention, nightly_months, weekly_years]
SENSORS = [inbox, mirror, planner]

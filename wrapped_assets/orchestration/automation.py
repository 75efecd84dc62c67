"""What starts runs by itself: nightly months, weekly years, the planner; and the sensors that land drops and mirror work done elsewhere."""

import time
from typing import TYPE_CHECKING

import dagster as dg

from wrapped_assets.contracts.errors import DeclarationError, InputError
from wrapped_assets.contracts.graph import EXTERNALS, project_graph
from wrapped_assets.orchestration.alerting import alert
from wrapped_assets.orchestration.asking import BUSY, PLANNER, is_busy, was_asked, why_not_now
from wrapped_assets.orchestration.before_launch import hourly_before_launch
from wrapped_assets.orchestration.durations import planned_in, planned_runs, took
from wrapped_assets.orchestration.facts import discreetly, metadata, told, trying_again
from wrapped_assets.orchestration.lake import open_project
from wrapped_assets.orchestration.launch import launches
from wrapped_assets.orchestration.pruning import nightly_prune
from wrapped_assets.orchestration.scrubbing import nightly_scrub
from wrapped_assets.orchestration.spans import spans_job
from wrapped_assets.orchestration.where import data_root
from wrapped_assets.orchestration.withdrawing import withdrawals
from wrapped_assets.planning.loaded import is_edited

if TYPE_CHECKING:
    from wrapped_assets.building.situate import Project
    from wrapped_assets.orchestration.staleness import Stale

MONTHS, YEARS, RETENTION = "months", "years", "retention"
ON = {"sensor": dg.DefaultSensorStatus.RUNNING, "schedule": dg.DefaultScheduleStatus.RUNNING}
NO_ROOT = "Nothing was imported yet."
LANDED_PLAYS = EXTERNALS["landed_plays"].split("/")
EDITED = "The code was edited since it was loaded: press Reload definitions."
INTERVAL_SECONDS = 10  # of the sensors: an edit or a drop is seen within it
LANDED = "{landed} drops landed, {partly} of them in part: {plays} plays, {rejected} rows rejected. {refused} drops refused."


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


def _opened_or_why() -> "Project | str":
    """The project, or why there is none to look at."""
    try:
        return _opened() or NO_ROOT
    except DeclarationError:
        if is_edited():
            return EDITED
        raise


def _stale() -> "Stale | None":
    """What is stale; None where nothing was imported yet."""
    from wrapped_assets.orchestration.staleness import stale

    return stale(project) if (project := _opened()) else None


def _scheduled(context: dg.ScheduleEvaluationContext, job: str) -> dg.RunRequest | dg.SkipReason:
    """One run from the first stale partition to the running one, which is always in it: that the schedule ran is seen by freshness.

    While another run of assets is queued or under way it waits for its next tick, of which there are some each night.
    """
    from wrapped_assets.orchestration.staleness import request, running

    found = discreetly(job, _stale)
    if found is None:
        return dg.SkipReason(NO_ROOT)
    last = running(job)
    first = min([*found.of(job), last])
    key = f"{job} {context.scheduled_execution_time:%Y-%m-%d}"
    if was_asked(context.instance, key):
        return dg.SkipReason("The run of tonight was asked for.")
    refused = why_not_now(context.instance, f"the schedule of {job}", key)
    return dg.SkipReason(refused) if refused else request(job, first, last, key)


@dg.schedule(job=JOBS[MONTHS], cron_schedule=["30,45 3 * * *", "*/15 4 * * *"], default_status=ON["schedule"])
def nightly_months(context: dg.ScheduleEvaluationContext) -> dg.RunRequest | dg.SkipReason:
    """Every night at 03:30 UTC, or up to 04:45 once no other run is under way: the stale months, and the running one."""
    return _scheduled(context, MONTHS)


@dg.schedule(job=JOBS[YEARS], cron_schedule=["30,45 4 * * 1", "*/15 5 * * 1"], default_status=ON["schedule"])
def weekly_years(context: dg.ScheduleEvaluationContext) -> dg.RunRequest | dg.SkipReason:
    """Every Monday at 04:30 UTC, or up to 05:45 once no other run is under way: the stale years, and the running one."""
    return _scheduled(context, YEARS)


@dg.op
def destroy_what_is_old(context: dg.OpExecutionContext) -> None:
    """Ends exports that are older than their policy keeps them, and keys of names whose erasure is long past."""
    from wrapped_assets.privacy import retention
    from wrapped_assets.storage import tombstones

    project = trying_again(RETENTION, _opened)
    if project is None:  # nothing was imported yet
        return
    ended = trying_again(RETENTION, lambda: retention.expire(project.root))
    keys = trying_again(RETENTION, lambda: tombstones.expire(project.root))
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


@dg.sensor(minimum_interval_seconds=INTERVAL_SECONDS, default_status=ON["sensor"], target=None)
def inbox(context: dg.SensorEvaluationContext) -> dg.SensorResult | dg.SkipReason:
    """Lands what was dropped into `inbox/<listener>/` of the data root. What that makes stale, the planner requests."""
    from wrapped_assets.orchestration.inbox import empty

    if is_edited():
        return dg.SkipReason(EDITED)
    done = discreetly("inbox", lambda: empty(data_root()))
    if not (done.landed or done.refused):
        return dg.SkipReason("The inbox is empty.")
    numbers = {name: vars(done)[name] for name in ("landed", "partly", "plays", "rejected", "refused")}
    said = told(LANDED, **numbers)
    context.log.info(said)
    shown = metadata(vars(done))
    return dg.SensorResult(skip_reason=said, asset_events=[dg.AssetObservation(LANDED_PLAYS, metadata=shown)])


@dg.sensor(minimum_interval_seconds=INTERVAL_SECONDS, default_status=ON["sensor"], target=None)
def mirror(context: dg.SensorEvaluationContext) -> dg.SkipReason:
    """Reports partitions that were imported or computed without Dagster, such as by `wrapped import` and `wrapped build`."""
    from wrapped_assets.orchestration.mirror import mirror as report
    from wrapped_assets.orchestration.mirror import state
    from wrapped_assets.orchestration.staleness import stale
    from wrapped_assets.orchestration.up_to_date import tell

    project = discreetly("mirror", _opened_or_why)
    if isinstance(project, str):
        return dg.SkipReason(project)
    found = discreetly("mirror", lambda: stale(project, context.instance))
    if (now := discreetly("mirror", lambda: f"{state(project.root)} {found.world()}")) == context.cursor:
        return dg.SkipReason("Nothing changed.")
    if context.instance.get_run_records(dg.RunsFilter(statuses=[dg.DagsterRunStatus.STARTED]), limit=1):
        return dg.SkipReason("A run is in progress; it reports for itself.")
    count = discreetly("mirror", lambda: report(project, context.instance))
    discreetly("mirror", lambda: tell(context.instance, found.situation, found.plan, found.failing))  # also while `planner` is stopped
    context.update_cursor(now)
    return dg.SkipReason(told("{count} partitions reported.", count=count))


@dg.sensor(jobs=[*JOBS.values(), spans_job], minimum_interval_seconds=INTERVAL_SECONDS, default_status=ON["sensor"])
def planner(context: dg.SensorEvaluationContext) -> dg.SensorResult | dg.SkipReason:
    """Requests what `wrapped build` would compute, months first and then years, in a run each. Stop it to recompute by hand.

    It compares with the lake and not with what Dagster saw last, so that a change made while the daemon was off is not missed. While a
    run of assets is queued or under way it waits. What failed is not tried again before its code or its input changed.
    """
    from wrapped_assets.orchestration.mirror import state
    from wrapped_assets.orchestration.staleness import stale
    from wrapped_assets.orchestration.up_to_date import tell

    project = discreetly("planner", _opened_or_why)
    if isinstance(project, str):
        return dg.SkipReason(project)
    if is_busy(context.instance):
        return dg.SkipReason(BUSY)
    began = time.monotonic()
    found = discreetly("planner", lambda: stale(project, context.instance))
    discreetly("planner", lambda: tell(context.instance, found.situation, found.plan, found.failing))
    runs = planned_runs(context.instance, planner.name)
    asked = discreetly("planner", lambda: found.next_run(state(project.root), runs))
    if isinstance(asked, str):
        return dg.SkipReason(asked + took(runs))
    if refused := why_not_now(context.instance, PLANNER, asked.run_key or ""):  # asked for while this tick was planning
        return dg.SkipReason(refused)
    timed = planned_in(asked, time.monotonic() - began)
    return dg.SensorResult([timed])


SCHEDULES = [nightly_scrub, nightly_retention, nightly_months, weekly_years, nightly_prune, hourly_before_launch]
SENSORS = [inbox, mirror, planner, alert, launches, withdrawals]

"""Before an edition's launch: every hour what is stale of its year is computed, and how ready it is is looked at."""

from datetime import UTC, datetime, timedelta

import dagster as dg

from wrapped_assets.contracts.errors import InputError
from wrapped_assets.orchestration.asking import why_not_now
from wrapped_assets.orchestration.facts import discreetly
from wrapped_assets.orchestration.partitions import loaded_periods
from wrapped_assets.orchestration.rebuilding import build_job
from wrapped_assets.orchestration.where import data_root

DAYS = 7


@dg.schedule(job=build_job, cron_schedule="0 * * * *", default_status=dg.DefaultScheduleStatus.RUNNING)
def hourly_before_launch(context: dg.ScheduleEvaluationContext) -> list[dg.RunRequest] | dg.SkipReason:
    """Every hour of the week before an edition's launch: what is stale of its year, months and years in one run."""
    now = context.scheduled_execution_time.astimezone(UTC)
    years = discreetly("before_launch", lambda: launching(now))
    if not years:
        return dg.SkipReason("No edition is launched within a week.")
    key = f"launch {years[-1]} {context.scheduled_execution_time:%Y-%m-%dT%H:%M}"
    if refused := why_not_now(context.instance, "the schedule before a launch", key):
        return dg.SkipReason(refused)
    return [
        dg.RunRequest(
            run_key=f"launch {year} {context.scheduled_execution_time:%Y-%m-%dT%H:%M}",
            run_config={"ops": {"build_the_range": {"config": {"first": f"{year}", "last": f"{year}"}}}},
        )
        for year in years
    ]


def launching(now: datetime) -> list[int]:
    """The years whose launch is ahead, and within a week."""
    from wrapped_assets.storage.registry import editions
    from wrapped_assets.storage.root import Root

    try:
        root = Root.open(data_root())
    except InputError:  # nothing was imported yet
        return []
    found = editions(root, [int(year) for year in loaded_periods().years.get_partition_keys()])
    return [year for year, edition in found.items() if edition.launch_at and now < edition.launch_at <= now + timedelta(days=DAYS)]

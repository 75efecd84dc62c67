"""The nightly scrub: a share of what is stored is compared with what was recorded, so that a week sees all of it."""

import dagster as dg

from wrapped_assets.contracts.errors import InputError
from wrapped_assets.orchestration.facts import metadata, told, trying_again
from wrapped_assets.orchestration.where import data_root

SCRUB = "scrub"


@dg.op
def compare_a_share(context: dg.OpExecutionContext) -> None:
    """Compares the share that was compared longest ago. What is damaged is noted for the planner, and fails the step with its numbers."""
    from wrapped_assets.storage.root import Root
    from wrapped_assets.storage.scrub import scrub_share

    def compared():
        try:
            return scrub_share(Root.open(data_root()))
        except InputError:  # nothing was imported yet
            return None

    done = trying_again(SCRUB, compared)
    if done is None:
        return
    facts = {"files": done.files, "bytes": done.bytes, "damaged": len(done.faults), "oldest_days": done.oldest_days}
    shown = metadata(facts | {f"damaged_{kind}": count for kind, count in done.by_kind.items()})
    context.add_output_metadata(shown)
    summary = told("{files} files compared, {damaged} damaged.", files=done.files, damaged=len(done.faults))
    context.log.info(summary)
    if done.faults:
        said = told(
            "{damaged} files are not as recorded. `wrapped repair --check` names them and says what to do; what can be computed again is "
            "computed by the planner.",
            damaged=len(done.faults),
        )
        raise dg.Failure(said, metadata=shown, allow_retries=False)


@dg.job(name=SCRUB, description="Compares a seventh of the lake, the landing, the catalogue and the records with what was recorded.")
def scrub_job() -> None:
    """`wrapped repair --check --share`."""
    compare_a_share()


@dg.schedule(job=scrub_job, cron_schedule="30 1 * * *", default_status=dg.DefaultScheduleStatus.RUNNING)
def nightly_scrub(context: dg.ScheduleEvaluationContext) -> dg.RunRequest:
    """Every night at 01:30 UTC: a seventh of what is stored is compared with what was recorded of it."""
    return dg.RunRequest(run_key=f"scrub {context.scheduled_execution_time:%Y-%m-%d}")

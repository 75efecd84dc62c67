"""What people took back and targets still show: a check that warns of it, and a job that removes it, which a sensor asks for by itself."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import dagster as dg

from wrapped_assets.contracts.errors import InputError
from wrapped_assets.kernels.versions import combined
from wrapped_assets.orchestration import facts
from wrapped_assets.orchestration.asking import WITHDRAWAL, why_not_now
from wrapped_assets.orchestration.lake import Lake, open_project
from wrapped_assets.orchestration.queueing import AT_ONCE
from wrapped_assets.orchestration.where import data_root
from wrapped_assets.planning.loaded import is_edited

if TYPE_CHECKING:
    from wrapped_assets.serving.rendered.waiting import Waiting
    from wrapped_assets.storage.root import Root

WITHDRAW, LOOK_SECONDS = "withdraw", 60
PAGES = dg.AssetKey(["editions", "pages"])
CHECK = dg.AssetCheckSpec(
    "may_be_shown", asset=PAGES,
    description="Warns where a folder or store still has pages that may not be shown as they are, because a listener withdrew, objected, "
    "is restricted, renamed or erased, or closed an address. The job `withdraw` removes them; `wrapped status` says where they are.",
)  # fmt: skip
WAIT = "{objects} pages at {targets} targets may not be shown as they are: withdraw is asked for, and asked for again each hour."


@dg.op
def withdraw_from_targets(context: dg.OpExecutionContext, lake: Lake) -> None:
    """Removes from targets what may not be shown there, and sends the pages that tell it otherwise."""
    from wrapped_assets.serving.rendered.waiting import withdraw

    done = facts.trying_again(WITHDRAW, lambda: withdraw(lake.project))
    context.add_output_metadata(facts.metadata({"removed": done.removed, "sent": done.sent}))
    said = facts.told("{removed} files removed, {sent} sent.", removed=done.removed, sent=done.sent)
    context.log.info(said)


@dg.job(name=WITHDRAW, tags=AT_ONCE, description="Removes from every target what people took back, and uploads what is left.")
def withdraw_job() -> None:
    """Starts beside whatever is under way."""
    withdraw_from_targets()


@dg.sensor(job=withdraw_job, minimum_interval_seconds=LOOK_SECONDS, default_status=dg.DefaultSensorStatus.RUNNING)
def withdrawals(context: dg.SensorEvaluationContext) -> dg.SensorResult | dg.SkipReason:
    """Looks each minute whether a target has what may not be shown there any more; keeps the check, and requests `withdraw`."""
    from wrapped_assets.serving.rendered.waiting import has_uploads, waiting

    if is_edited():
        return dg.SkipReason("The code was edited since it was loaded: press Reload definitions.")
    root = facts.discreetly(WITHDRAW, _opened)
    if root is None:
        return dg.SkipReason("Nothing was imported yet.")
    if not has_uploads(root):
        return dg.SkipReason("Nothing was uploaded.")
    found = facts.discreetly(WITHDRAW, lambda: waiting(root))
    told = combined(*(f"{each.address} {each.year} {each.objects}" for each in found), f"{datetime.now(UTC):%Y-%m-%dT%H}" if found else "")
    if told != context.cursor:
        result = check_result(found)
        evaluation = dg.AssetCheckEvaluation(
            asset_key=PAGES, check_name=CHECK.name, passed=result.passed, severity=result.severity, metadata=result.metadata
        )
        context.instance.report_runless_asset_event(evaluation)
        context.update_cursor(told)
    if not found:
        return dg.SkipReason("Targets have nothing that may not be shown.")
    if refused := why_not_now(context.instance, withdrawals.name, told, WITHDRAWAL):
        return dg.SkipReason(refused)
    said = facts.told(WAIT, objects=sum(each.objects for each in found), targets=len({each.address for each in found}))
    context.log.info(said)
    return dg.SensorResult([dg.RunRequest(run_key=told)])


def _opened() -> "Root | None":
    try:
        return open_project(data_root()).root
    except InputError:
        return None


def check_result(found: "Sequence[Waiting]") -> dg.AssetCheckResult:
    """Numbers only: a folder may be called as a person is."""
    shown = facts.metadata(
        {
            "waiting_pages": sum(each.objects for each in found),
            "targets": len({each.address for each in found}),
            "waiting_hours": max(((datetime.now(UTC) - each.since).total_seconds() / 3600 for each in found), default=0.0),
        }
    )
    return dg.AssetCheckResult(
        passed=not found, asset_key=PAGES, check_name=CHECK.name, severity=dg.AssetCheckSeverity.WARN, metadata=shown
    )

"""The nightly prune: old runs, events and check results go; what the UI shows of every partition and check stays.

Nothing of a run that is queued or under way goes, and no run of a backfill that has not ended: Dagster reads from them how far it is.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import dagster as dg
import sqlalchemy as sa
from dagster._core.execution.backfill import BULK_ACTION_TERMINAL_STATUSES, BulkActionsFilter, BulkActionStatus
from dagster._core.storage.asset_check_execution_record import AssetCheckExecutionRecordStatus
from dagster._core.storage.dagster_run import FINISHED_STATUSES
from dagster._core.storage.event_log.schema import AssetCheckExecutionsTable, AssetEventTagsTable, SqlEventLogStorageTable
from dagster._core.storage.event_log.sql_event_log import SqlEventLogStorage
from dagster._core.storage.tags import BACKFILL_ID_TAG

from wrapped_assets.orchestration.event_storage import OneEventLogStorage
from wrapped_assets.orchestration.facts import metadata, told, trying_again

PRUNE = "prune"
KEPT_DAYS, KEPT_RUNS, RUNS_AT_ONCE = 30, 50, 1_000
NAMED_AT_ONCE = 500  # databases limit how many values a query names
UNFINISHED = [status for status in BulkActionStatus if status not in BULK_ACTION_TERMINAL_STATUSES]
EVALUATED = (AssetCheckExecutionRecordStatus.SUCCEEDED.value, AssetCheckExecutionRecordStatus.FAILED.value)
SHOWN = ("ASSET_MATERIALIZATION", "ASSET_OBSERVATION", "ASSET_FAILED_TO_MATERIALIZE")  # of each partition the newest of each kind stays


@dataclass(frozen=True)
class Pruned:
    """What was removed."""

    runs: int = 0
    events: int = 0
    check_results: int = 0


class Kept(dg.Config):
    """How much history stays."""

    days: int = KEPT_DAYS
    runs: int = KEPT_RUNS  # at least, however old they are


def prune(instance: dg.DagsterInstance, kept: Kept, now: datetime) -> Pruned:
    """Removes runs that ended, and events and check results, from before `kept.days`, except the newest of each partition and check."""
    before = now - timedelta(days=max(kept.days, 0))  # nothing that is still to come
    ended = dg.RunsFilter(statuses=FINISHED_STATUSES)
    stays = {record.dagster_run.run_id for record in instance.get_run_records(ended, limit=kept.runs)} if kept.runs > 0 else set()
    stays |= set(_of_unfinished_backfills(instance))
    old = instance.get_run_records(dg.RunsFilter(statuses=FINISHED_STATUSES, created_before=before), ascending=True)
    gone = [run_id for record in old if (run_id := record.dagster_run.run_id) not in stays][:RUNS_AT_ONCE]
    for run_id in gone:
        instance.run_storage.delete_run(run_id)
    storage = instance.event_log_storage
    if not isinstance(storage, SqlEventLogStorage):  # an instance that keeps nothing
        return Pruned(len(gone))
    remaining = set(instance.run_storage.get_run_ids(dg.RunsFilter()))
    with storage.index_connection() as connection:
        events = _prune_events(connection, before, remaining)
        checks = _prune_checks(connection, before, remaining)
    if isinstance(storage, OneEventLogStorage):
        storage.compact(remaining)
    return Pruned(len(gone), events, checks)


def _of_unfinished_backfills(instance: dg.DagsterInstance) -> Iterator[str]:
    for backfill in instance.get_backfills(BulkActionsFilter(statuses=UNFINISHED)):
        yield from instance.run_storage.get_run_ids(dg.RunsFilter(tags={BACKFILL_ID_TAG: backfill.backfill_id}))


def _prune_events(connection: sa.Connection, before: datetime, remaining: Collection[str]) -> int:
    table = SqlEventLogStorageTable.c
    place = (table.asset_key, table.partition, table.dagster_event_type)
    newest = sa.select(sa.func.max(table.id)).where(table.dagster_event_type.in_(SHOWN)).group_by(*place)
    old = table.timestamp < before.astimezone(UTC).replace(tzinfo=None)
    count = 0
    for named in _gone(connection, table.run_id, old, remaining):
        count += connection.execute(
            sa.delete(SqlEventLogStorageTable).where(old, table.run_id.in_(named), table.id.not_in(newest))
        ).rowcount
    connection.execute(sa.delete(AssetEventTagsTable).where(AssetEventTagsTable.c.event_id.not_in(sa.select(table.id))))
    return count


def _prune_checks(connection: sa.Connection, before: datetime, remaining: Collection[str]) -> int:
    table = AssetCheckExecutionsTable.c
    newest = sa.select(sa.func.max(table.id)).where(table.execution_status.in_(EVALUATED)).group_by(table.asset_key, table.check_name)
    old = table.create_timestamp < before.astimezone(UTC).replace(tzinfo=None)
    count = 0
    for named in _gone(connection, table.run_id, old, remaining):
        count += connection.execute(
            sa.delete(AssetCheckExecutionsTable).where(old, table.run_id.in_(named), table.id.not_in(newest))
        ).rowcount
    return count


def _gone(
    connection: sa.Connection, run_id: sa.ColumnElement[str], old: sa.ColumnElement[bool], remaining: Collection[str]
) -> Iterator[Sequence[str]]:
    """Runs that are no longer there, and those that never were, of which there are old rows: as many at a time as a query may name."""
    found = sorted({name for (name,) in connection.execute(sa.select(run_id).where(old, run_id.is_not(None)).distinct())} - set(remaining))
    for start in range(0, len(found), NAMED_AT_ONCE):
        yield found[start : start + NAMED_AT_ONCE]


@dg.op
def remove_old_history(context: dg.OpExecutionContext, config: Kept) -> None:
    """Removes runs, events and check results that are older than the config's days."""
    done = trying_again(PRUNE, lambda: prune(context.instance, config, datetime.now(UTC)))
    context.add_output_metadata(metadata(vars(done)))
    said = told("{runs} runs, {events} events and {check_results} check results removed.", **vars(done))
    context.log.info(said)


@dg.job(name=PRUNE, description="Removes old runs, events and check results; the newest of every partition and check stays.")
def prune_job() -> None:
    """Keeps Dagster's storage small."""
    remove_old_history()


@dg.schedule(job=prune_job, cron_schedule="0 5 * * *", default_status=dg.DefaultScheduleStatus.RUNNING)
def nightly_prune(context: dg.ScheduleEvaluationContext) -> dg.RunRequest:
    """Every night at 05:00 UTC, after the others: history older than thirty days is removed."""
    return dg.RunRequest(run_key=f"prune {context.scheduled_execution_time:%Y-%m-%d}")

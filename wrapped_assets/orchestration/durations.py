"""How long the planner's newest change took: planned, months, years, and from the request to the end."""

from collections.abc import Sequence

import dagster as dg
from dagster._core.storage.tags import SENSOR_NAME_TAG

from wrapped_assets.orchestration.facts import told
from wrapped_assets.orchestration.staleness import MONTHS, WORLD, YEARS

PLANNED = "wrapped/planned_ms"  # the tag of a run: how long the planner thought
TOOK = " The last change took {whole} s: planned in {planned} ms, months computed in {months} s, years in {years} s."


def planned_runs(instance: dg.DagsterInstance, planner: str) -> Sequence[dg.RunRecord]:
    """The runs that the planner requested for its newest change, the last one first."""
    records = instance.get_run_records(dg.RunsFilter(tags={SENSOR_NAME_TAG: planner}), limit=4)
    return [record for record in records if record.dagster_run.tags.get(WORLD) == records[0].dagster_run.tags.get(WORLD)]


def planned_in(request: dg.RunRequest, seconds: float) -> dg.RunRequest:
    """The request, which says how long the planner thought."""
    return request.with_replaced_attrs(tags={**request.tags, PLANNED: str(round(1000 * seconds))})


def took(records: Sequence[dg.RunRecord]) -> str:
    """A sentence; nothing where a run has not ended."""
    if not records or any(record.start_time is None or record.end_time is None for record in records):
        return ""
    seconds = dict.fromkeys((MONTHS, YEARS), 0.0)
    for record in records:
        job = MONTHS if record.dagster_run.job_name == MONTHS else YEARS  # or spans of them
        seconds[job] += (record.end_time or 0) - (record.start_time or 0)
    whole = max(record.end_time or 0 for record in records) - min(record.create_timestamp.timestamp() for record in records)
    planned = sum(int(record.dagster_run.tags.get(PLANNED, 0)) for record in records)
    return told(TOOK, whole=round(whole), planned=planned, months=round(seconds[MONTHS]), years=round(seconds[YEARS]))

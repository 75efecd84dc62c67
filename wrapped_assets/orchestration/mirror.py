"""Tells Dagster what was imported and computed without it, so that the UI agrees with the lake."""

import logging
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime

import dagster as dg
import sqlalchemy as sa
from dagster._core.events import DagsterEvent, DagsterEventBatchMetadata, DagsterEventType, StepMaterializationData, generate_event_batch_id
from dagster._core.instance.utils import RUNLESS_JOB_NAME, RUNLESS_RUN_ID

from wrapped_assets.building.situate import Project
from wrapped_assets.contracts.declaration import Declaration
from wrapped_assets.contracts.graph import project_graph
from wrapped_assets.kernels.versions import combined
from wrapped_assets.orchestration import check_results, editions, spans
from wrapped_assets.orchestration.facts import metadata
from wrapped_assets.orchestration.lake import Lake
from wrapped_assets.orchestration.materialisations import (
    data_version,
    known_columns,
    known_versions,
    materialisation,
    newest,
    newest_event,
    versions,
)
from wrapped_assets.orchestration.partitions import loaded_periods
from wrapped_assets.storage import landing, manifest, tables
from wrapped_assets.storage.damage import DamagedFileError
from wrapped_assets.storage.root import Root

DATA_VERSION = "dagster/data_version"
HELD_BY_A_BUILD = frozenset({"grain", "schema"})  # nothing that breaks them is stored
MOST_ROWS = 2_000_000  # above it, reading them all again takes longer than a sensor may: a check's button does


def state(root: Root) -> str:
    """Changes whenever a cell, a landed file or a live edition does, and every day, which may begin a month: what there is to mirror."""
    with root.engine.connect() as connection:
        cells = connection.execute(sa.select(sa.func.count(), sa.func.max(tables.cells.c.written_at)).select_from(tables.cells)).one()
        chunks = connection.execute(sa.select(sa.func.count()).select_from(tables.chunks)).scalar_one()
        live = connection.execute(sa.select(tables.publications.c.year, tables.publications.c.number).where(tables.publications.c.is_live))
        shown = sorted(f"{year} {number}" for year, number in live)
    return combined(cells[0], cells[1], chunks, datetime.now(UTC).date().isoformat(), *shown)


def mirror(project: Project, instance: dg.DagsterInstance) -> int:
    """Reports every partition whose data version is not the one that Dagster knows, with its checks; returns how many there were.

    Inputs come before what reads them, so that nothing looks unsynced. A partition that is no longer stored, or of which nothing was
    ever landed, is reported as empty: it is not missing.
    """
    count = 0
    situation = project.situation()
    for key, events in _landed(project, instance).items():
        count += _report(instance, [event for event in events if event.partition not in _known(instance, key, events)])
    stored: dict[str, dict[str, list[manifest.StoredCell]]] = defaultdict(lambda: defaultdict(list))
    for cell, found in sorted(situation.stored.items(), key=lambda item: item[0].partition):
        stored[cell.asset][cell.period].append(found)
    expected = defaultdict(set)
    for cell in situation.expected():
        expected[cell.asset].add(cell.period)
    for key, declaration in project_graph().by_key.items():
        holds_nothing = set(loaded_periods().of(declaration).get_partition_keys()) - expected[key]
        parents = {source for source, _ in project_graph().inputs(declaration)}
        count += _mirror_asset(project, instance, declaration, stored[key], holds_nothing, parents)
    return count + _mirror_editions(project, instance) + _mirror_months(project, instance)


def _mirror_months(project: Project, instance: dg.DagsterInstance) -> int:
    """Reports the months in review that were computed without Dagster, or are no longer there."""
    stored, known = spans.cells_of_months(project), known_versions(instance, spans.KEY.to_user_string())
    partitions = set(loaded_periods().months.get_partition_keys())
    changed = [month for month in sorted({*stored, *known} & partitions) if known.get(month) != spans.data_version(stored.get(month, []))]
    if changed:
        _report(instance, spans.events_of(project, changed))
    return len(changed)


def _mirror_editions(project: Project, instance: dg.DagsterInstance) -> int:
    """Reports the years whose state changed, and whether what is live is what is stored."""
    found = editions.states(project.root)
    events = editions.events_of(project, found, [int(year) for year in loaded_periods().years.get_partition_keys()])
    known = known_versions(instance, "editions/editions")
    changed = [event for event in events if known.get(event.partition or "") != (event.tags or {})[DATA_VERSION]]
    if changed:
        _report(instance, changed)
    now = editions.check_result(found)
    last = instance.event_log_storage.get_asset_check_execution_history(dg.AssetCheckKey(editions.KEY, editions.LIVE_IS_STORED), limit=1)
    if changed or not (last and last[0].evaluation and last[0].evaluation.passed == now.passed):
        _report_check(instance, now)
    return len(changed)


def _mirror_asset(
    project: Project, instance: dg.DagsterInstance, declaration: Declaration, periods: Mapping[str, Sequence[manifest.StoredCell]],
    holds_nothing: Collection[str], parents: Collection[str],
) -> int:  # fmt: skip
    key = declaration.key
    known = known_versions(instance, key)
    empty = {period: [] for period in {*known, *holds_nothing} - periods.keys() if known.get(period) != data_version([])}
    changed = {period: cells for period, cells in sorted({**periods, **empty}.items()) if known.get(period) != data_version(cells)}
    total = sum(cell.row_count for cells in periods.values() for cell in cells)
    columns = known_columns(instance, key, changed) if changed else {}
    batches = [[period] for period in changed] if key in parents else [list(changed)]  # a year must be newer than the year before
    for batch in filter(None, batches):
        seen = dict.fromkeys(parents, newest_event(instance))
        code = {period: _code(project, key, changed[period]) for period in batch}
        events = [materialisation(declaration, period, changed[period], None, code[period], seen, columns.get(period)) for period in batch]
        _report(instance, [*events[:-1], newest(events[-1], total)])
    if filled := {period: cells for period, cells in changed.items() if cells}:
        _report_checks(project, instance, declaration, filled)
    return len(changed)


def _report_checks(
    project: Project, instance: dg.DagsterInstance, declaration: Declaration, cells: Mapping[str, Sequence[manifest.StoredCell]]
) -> None:
    """Evaluates the checks over what was computed elsewhere: all of them, or for very many rows those that the build itself holds to.

    One that meets a damaged file is not evaluated: `up_to_date` says that the partition is to be computed again, and why.
    """
    lake = Lake(data=str(project.root.path))
    is_much = sum(cell.row_count for found in cells.values() for cell in found) > MOST_ROWS
    names = [name for name in check_results.names_of(declaration) if not is_much or name in HELD_BY_A_BUILD]
    stored = check_results.Stored(lake, declaration, {} if is_much else cells, {})
    for name in names:
        with suppress(DamagedFileError):
            _report_check(instance, check_results.result(stored, name))


def _report_check(instance: dg.DagsterInstance, found: dg.AssetCheckResult) -> None:
    """Stores a check's result that belongs to no run."""
    evaluation = dg.AssetCheckEvaluation(
        asset_key=found.asset_key, check_name=found.check_name, passed=found.passed, severity=found.severity, metadata=found.metadata
    )
    instance.report_runless_asset_event(evaluation)


def _code(project: Project, key: str, cells: Sequence[manifest.StoredCell]) -> str:
    """The logic that made the cells, be it an older one; `mixed` where it was several."""
    made_by = {cell.logic for cell in cells} or {project.logic[key]}
    return made_by.pop() if len(made_by) == 1 else combined("mixed", *sorted(made_by))


def _landed(project: Project, instance: dg.DagsterInstance) -> dict[str, list[dg.AssetMaterialization]]:
    """All months as events of the assets from outside; one in which nothing landed is empty, not missing."""
    all_months = loaded_periods().months.get_partition_keys()
    found: dict[str, dict[str, list[landing.Chunk]]] = {landing.PLAYS: defaultdict(list), landing.TRACKS: defaultdict(list)}
    for (asset, month, _), chunks in landing.load_chunks(project.root).items():
        found[asset][month].extend(chunks)
    return {
        asset: [
            dg.AssetMaterialization(
                asset.split("/"), partition=month,
                metadata=metadata({"dagster/partition_row_count": sum(chunk.row_count for chunk in chunks), "files": len(chunks)}),
                tags=versions("landed", combined(*sorted(chunk.whole for chunk in chunks)) if chunks else data_version([]), {}),
            )
            for month, chunks in sorted(({month: [] for month in all_months} | months).items())
        ]
        for asset, months in found.items()
    }  # fmt: skip


def _known(instance: dg.DagsterInstance, key: str, events: Sequence[dg.AssetMaterialization]) -> set[str | None]:
    known = known_versions(instance, key)
    return {event.partition for event in events if known.get(event.partition or "") == (event.tags or {})[DATA_VERSION]}


def _report(instance: dg.DagsterInstance, events: Sequence[dg.AssetMaterialization]) -> int:
    """Stores materialisations that belong to no run as one batch."""
    batch = generate_event_batch_id()
    for number, event in enumerate(events, 1):
        data = StepMaterializationData(event)
        said = DagsterEvent(DagsterEventType.ASSET_MATERIALIZATION.value, RUNLESS_JOB_NAME, event_specific_data=data)
        instance.report_dagster_event(said, RUNLESS_RUN_ID, logging.DEBUG, DagsterEventBatchMetadata(batch, number == len(events)))
    return len(events)

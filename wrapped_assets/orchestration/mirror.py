"""Tells Dagster what was imported and computed without it, so that the UI agrees with the lake."""

import logging
from collections import defaultdict
from collections.abc import Mapping, Sequence

import dagster as dg
import sqlalchemy as sa
from dagster._core.events import DagsterEvent, DagsterEventBatchMetadata, DagsterEventType, StepMaterializationData, generate_event_batch_id
from dagster._core.instance.utils import RUNLESS_JOB_NAME, RUNLESS_RUN_ID

from wrapped_assets.building.situate import Project
from wrapped_assets.kernels.versions import combined
from wrapped_assets.orchestration.facts import metadata
from wrapped_assets.orchestration.materialisations import Outcome, data_version, materialisation, newest, newest_event, versions
from wrapped_assets.storage import landing, manifest, tables
from wrapped_assets.storage.root import Root

DATA_VERSION = "dagster/data_version"


def state(root: Root) -> str:
    """Changes whenever a cell or a landed file does: what there is to mirror."""
    with root.engine.connect() as connection:
        cells = connection.execute(sa.select(sa.func.count(), sa.func.max(tables.cells.c.written_at)).select_from(tables.cells)).one()
        chunks = connection.execute(sa.select(sa.func.count()).select_from(tables.chunks)).scalar_one()
    return combined(cells[0], cells[1], chunks)


def mirror(project: Project, instance: dg.DagsterInstance) -> int:
    """Reports every partition whose data version is not the one that Dagster knows; returns how many there were.

    Inputs come before what reads them, so that nothing looks unsynced. A partition that is no longer stored is reported as empty.
    """
    count = 0
    for key, events in _landed(project, instance).items():
        count += _report(instance, [event for event in events if event.partition not in _known(instance, key, events)])
    stored: dict[str, dict[str, list[manifest.StoredCell]]] = defaultdict(lambda: defaultdict(list))
    for cell, found in sorted(manifest.load_cells(project.root).items(), key=lambda item: item[0].partition):
        stored[cell.asset][cell.period].append(found)
    for key, declaration in project.graph.by_key.items():
        count += _mirror_asset(project, instance, key, stored[key], {source for source, _ in project.graph.inputs(declaration)})
    return count


def _mirror_asset(
    project: Project, instance: dg.DagsterInstance, key: str, periods: Mapping[str, Sequence[manifest.StoredCell]], parents: set[str]
) -> int:
    known = _versions(instance, key)
    gone = {period: [] for period, version in known.items() if period not in periods and version != data_version([])}
    changed = {period: cells for period, cells in sorted({**periods, **gone}.items()) if known.get(period) != data_version(cells)}
    total = sum(cell.row_count for cells in periods.values() for cell in cells)
    batches = [[period] for period in changed] if key in parents else [list(changed)]  # a year must be newer than the year before
    for batch in filter(None, batches):
        seen = dict.fromkeys(parents, newest_event(instance))
        events = [materialisation(key, period, changed[period], Outcome(), _code(project, key, changed[period]), seen) for period in batch]
        _report(instance, [*events[:-1], newest(events[-1], project.graph.by_key[key], project.graph, total)])
    return len(changed)


def _code(project: Project, key: str, cells: Sequence[manifest.StoredCell]) -> str:
    """The logic that made the cells, be it an older one; `mixed` where it was several."""
    made_by = {cell.logic for cell in cells} or {project.logic[key]}
    return made_by.pop() if len(made_by) == 1 else combined("mixed", *sorted(made_by))


def _landed(project: Project, instance: dg.DagsterInstance) -> dict[str, list[dg.AssetMaterialization]]:
    """Landed months as events of the assets from outside."""
    found: dict[str, dict[str, list[landing.Chunk]]] = {landing.PLAYS: defaultdict(list), landing.TRACKS: defaultdict(list)}
    for (asset, month, _), chunks in landing.load_chunks(project.root).items():
        found[asset][month].extend(chunks)
    return {
        asset: [
            dg.AssetMaterialization(
                asset.split("/"), partition=month,
                metadata=metadata({"dagster/partition_row_count": sum(chunk.row_count for chunk in chunks), "files": len(chunks)}),
                tags=versions("landed", combined(*sorted(chunk.whole for chunk in chunks)), {}),
            )
            for month, chunks in sorted(months.items())
        ]
        for asset, months in found.items()
    }  # fmt: skip


def _known(instance: dg.DagsterInstance, key: str, events: Sequence[dg.AssetMaterialization]) -> set[str | None]:
    known = _versions(instance, key)
    return {event.partition for event in events if known.get(event.partition or "") == (event.tags or {})[DATA_VERSION]}


def _versions(instance: dg.DagsterInstance, key: str) -> dict[str, str]:
    """Period → the data version that Dagster knows; one query for all of them."""
    found = instance.event_log_storage.get_latest_tags_by_partition(
        dg.AssetKey(key.split("/")), DagsterEventType.ASSET_MATERIALIZATION, [DATA_VERSION]
    )
    return {period: tags.get(DATA_VERSION, "") for period, tags in found.items()}


def _report(instance: dg.DagsterInstance, events: Sequence[dg.AssetMaterialization]) -> int:
    """Stores materialisations that belong to no run as one batch."""
    batch = generate_event_batch_id()
    for number, event in enumerate(events, 1):
        data = StepMaterializationData(event)
        said = DagsterEvent(DagsterEventType.ASSET_MATERIALIZATION.value, RUNLESS_JOB_NAME, event_specific_data=data)
        instance.report_dagster_event(said, RUNLESS_RUN_ID, logging.DEBUG, DagsterEventBatchMetadata(batch, number == len(events)))
    return len(events)

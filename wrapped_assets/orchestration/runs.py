"""What the op of an asset does: asks the lake to be up to date, reports partition by partition, and checks."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import dagster as dg
from dagster._core.definitions.source_asset import SYSTEM_METADATA_KEY_SOURCE_ASSET_OBSERVATION

from wrapped_assets.building.build import BuildReport
from wrapped_assets.contracts.declaration import Declaration
from wrapped_assets.contracts.graph import Graph
from wrapped_assets.orchestration import check_results
from wrapped_assets.orchestration.attempts import note_failures
from wrapped_assets.orchestration.facts import discreetly, failed_cells
from wrapped_assets.orchestration.lake import Lake, Recompute, fingerprints
from wrapped_assets.orchestration.materialisations import (
    Outcome,
    data_version,
    known_versions,
    logged,
    materialisation,
    newest,
    newest_event,
)
from wrapped_assets.planning.situation import cells_of
from wrapped_assets.storage.manifest import StoredCell


@dataclass(frozen=True)
class Built:
    """One asset's share of a build: the report, the cells that each period had before, and the newest event there was."""

    report: BuildReport
    before: Mapping[str, Sequence[StoredCell]]
    newest_event: int | None


def run(graph: Graph, declaration: Declaration, context: dg.AssetExecutionContext, lake: Lake) -> Iterator[object]:
    """Builds the run's partitions of an asset; yields their events, then the checks. A failed cell fails the step, after the rest.

    Partitions that are as Dagster knows them are not reported again, the last one of the run apart: it says that the run looked.
    """
    if not context.selected_asset_keys:  # checks alone, by the button on an asset's page
        yield from discreetly(declaration.key, lambda: check_results.of_all_stored(lake, declaration, checked(context)))
        return
    key, wanted = declaration.key, list(context.partition_keys)
    done = discreetly(key, lambda: built(graph, context, lake, key, wanted))
    before = {stored.cell: stored for found in done.before.values() for stored in found}
    outcome = Outcome(set(done.report.recomputed), set(done.report.cut_off), before)
    cells = discreetly(key, lambda: lake.cells(key, wanted))
    failed = {cell: message for cell, message in done.report.failed if cell.asset == key}
    if failed:
        discreetly(key, lambda: note_failures(lake.project, context.instance, failed))
    good = [period for period in wanted if period not in {cell.period for cell in failed}]
    known = known_versions(context.instance, key)
    news = [period for period in good if period in good[-1:] or is_news(cells[period], known.get(period), outcome)]
    seen = dict.fromkeys((source for source, _ in graph.inputs(declaration)), done.newest_event)
    batches = [[period] for period in news] if key in seen else [news]  # a year's event must be newer than that of the year it reads
    for batch in filter(None, batches):
        if key in seen:
            seen[key] = newest_event(context.instance)
        events = [materialisation(declaration, period, cells[period], outcome, fingerprints()[key], seen) for period in batch]
        yield from logged(context, [*events[:-1], newest(events[-1], lake.row_count(key))])
    if failed:
        raise failed_cells(list(failed.values()))
    yield silent_result()
    evaluated = check_results.Evaluated(lake, declaration, cells, done.before, outcome.recomputed)
    results = discreetly(key, lambda: check_results.of_a_run(evaluated, context.instance, checked(context)))
    if all(result.passed or result.severity is not dg.AssetCheckSeverity.ERROR for result in results):
        lake.progress(context.run.run_id).passed.add(key)
    yield from results


def is_news(cells: Sequence[StoredCell], known: str | None, outcome: Outcome) -> bool:
    """Whether a partition was computed, or differs from what Dagster knows of it."""
    return data_version(cells) != known or any(stored.cell in outcome.recomputed for stored in cells)


def checked(context: dg.AssetExecutionContext) -> set[str]:
    """The names of the checks that the run asks for."""
    return {key.name for key in context.selected_asset_check_keys}


def built(graph: Graph, context: dg.AssetExecutionContext, lake: Lake, key: str, periods: list[str]) -> Built:
    """The asset's share of a build that brings all assets up to date whose turn it is.

    Assets of a run that read the same inputs are built at once, which reads these once. An asset's turn comes when the contracts of
    everything that it reads have held, so that a failed check still stops what is downstream.
    """
    progress = lake.progress(context.run.run_id)
    if key not in progress.built:
        seen = newest_event(context.instance)
        selected = {found.to_user_string() for found in context.job_def.asset_layer.executable_asset_keys}
        ready = {found for found in selected - progress.built.keys() if waits_for(graph, found, selected) <= progress.passed} | {key}
        before = {name: lake.cells(name, periods) for name in ready}
        report = build_partitions(lake, ready, periods)
        progress.built.update({name: Built(report, before[name], seen) for name in ready})
    return progress.built[key]


def waits_for(graph: Graph, key: str, selected: set[str]) -> set[str]:
    """The assets of a run that one of it reads, its own earlier years apart."""
    return {source for source, _ in graph.inputs(graph.by_key[key]) if source != key} & selected


def build_partitions(lake: Lake, keys: set[str], periods: list[str]) -> BuildReport:
    """Brings the cells of some periods up to date, in the buckets that the run asks for."""
    buckets = set(lake.buckets) or None
    full = lake.recompute is Recompute.all
    return lake.build(lambda situation: cells_of(situation, keys, set(periods), buckets), full=full)


def silent_result() -> dg.MaterializeResult:
    """Ends the step without Dagster's own materialization events, which would give every partition of the run one version."""
    return dg.MaterializeResult(metadata={SYSTEM_METADATA_KEY_SOURCE_ASSET_OBSERVATION: True})

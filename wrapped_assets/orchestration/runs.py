"""What the op of an asset does: asks the lake to be up to date, reports partition by partition, and checks."""

from collections.abc import Iterator
from dataclasses import dataclass

import dagster as dg
from dagster._core.definitions.source_asset import SYSTEM_METADATA_KEY_SOURCE_ASSET_OBSERVATION

from wrapped_assets.building.build import BuildReport, build
from wrapped_assets.contracts.declaration import Declaration
from wrapped_assets.contracts.graph import Graph
from wrapped_assets.orchestration import check_results
from wrapped_assets.orchestration.facts import discreetly, failed_cells
from wrapped_assets.orchestration.lake import Lake, Recompute, fingerprints
from wrapped_assets.orchestration.materialisations import Outcome, logged, materialisation, newest, newest_event
from wrapped_assets.planning.situation import cells_of


@dataclass(frozen=True)
class Built:
    """One asset's share of a build: the report, the rows that each period had before, and the newest event there was."""

    report: BuildReport
    rows_before: dict[str, int]
    newest_event: int | None


def run(graph: Graph, declaration: Declaration, context: dg.AssetExecutionContext, lake: Lake) -> Iterator[object]:
    """Builds the run's partitions of an asset; yields their events, then the checks. A failed cell fails the step, after the rest."""
    key, wanted = declaration.key, list(context.partition_keys)
    done = discreetly(key, lambda: built(graph, context, lake, key, wanted))
    outcome = Outcome(set(done.report.recomputed), set(done.report.cut_off))
    cells = discreetly(key, lambda: lake.cells(key, wanted))
    failed = {cell: message for cell, message in done.report.failed if cell.asset == key}
    good = [period for period in wanted if period not in {cell.period for cell in failed}]
    seen = dict.fromkeys((source for source, _ in graph.inputs(declaration)), done.newest_event)
    batches = [[period] for period in good] if key in seen else [good]  # a year's event must be newer than that of the year it reads
    for batch in filter(None, batches):
        if key in seen:
            seen[key] = newest_event(context.instance)
        events = [materialisation(key, period, cells[period], outcome, fingerprints()[key], seen) for period in batch]
        yield from logged(context, [*events[:-1], newest(events[-1], declaration, graph, lake.row_count(key))])
    if failed:
        raise failed_cells(list(failed.values()))
    yield silent_result()
    results = discreetly(key, lambda: check_results.results(check_results.Stored(lake, declaration, cells, done.rows_before)))
    if all(result.passed or result.severity is not dg.AssetCheckSeverity.ERROR for result in results):
        lake.progress(context.run.run_id).passed.add(key)
    yield from results


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
        before = {name: row_counts(lake, name, periods) for name in ready}
        report = build_partitions(lake, ready, periods)
        progress.built.update({name: Built(report, before[name], seen) for name in ready})
    return progress.built[key]


def row_counts(lake: Lake, key: str, periods: list[str]) -> dict[str, int]:
    """Period → rows stored."""
    return {period: sum(cell.row_count for cell in found) for period, found in lake.cells(key, periods).items()}


def waits_for(graph: Graph, key: str, selected: set[str]) -> set[str]:
    """The assets of a run that one of it reads, its own previous year apart."""
    return {source for source, _ in graph.inputs(graph.by_key[key]) if source != key} & selected


def build_partitions(lake: Lake, keys: set[str], periods: list[str]) -> BuildReport:
    """Brings the cells of some periods up to date, in the buckets that the run asks for."""
    buckets = set(lake.buckets) or None
    full = lake.recompute is Recompute.all
    return build(lake.project, lambda situation: cells_of(situation, keys, set(periods), buckets), full=full, examples=True)


def silent_result() -> dg.MaterializeResult:
    """Ends the step without Dagster's own materialization events, which would give every partition of the run one version."""
    return dg.MaterializeResult(metadata={SYSTEM_METADATA_KEY_SOURCE_ASSET_OBSERVATION: True})

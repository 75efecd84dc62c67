"""What the op of an asset does: asks the lake to be up to date, reports partition by partition, and checks."""

from collections.abc import Iterator

import dagster as dg
from dagster._core.definitions.source_asset import SYSTEM_METADATA_KEY_SOURCE_ASSET_OBSERVATION

from wrapped_assets.building.build import BuildReport, build
from wrapped_assets.building.situate import cells_of
from wrapped_assets.contracts.declaration import Declaration
from wrapped_assets.contracts.graph import Graph
from wrapped_assets.orchestration import check_results
from wrapped_assets.orchestration.facts import discreetly
from wrapped_assets.orchestration.lake import Lake, Recompute, fingerprints
from wrapped_assets.orchestration.materialisations import Outcome, logged, materialisation, newest, pointers


def run(graph: Graph, declaration: Declaration, context: dg.AssetExecutionContext, lake: Lake) -> Iterator[object]:
    """Builds the run's partitions of an asset; yields their events, then the checks. A failed cell fails the step, after the rest."""
    key, wanted = declaration.key, list(context.partition_keys)
    parents = {source for source, _ in graph.inputs(declaration)}
    seen = pointers(context.instance, parents)
    before = discreetly(key, lambda: {period: sum(cell.row_count for cell in found) for period, found in lake.cells(key, wanted).items()})
    report = discreetly(key, lambda: build_partitions(lake, key, wanted))
    outcome = Outcome(set(report.recomputed), set(report.cut_off), {cell for cell, _ in report.failed})
    cells = discreetly(key, lambda: lake.cells(key, wanted))
    failed = {cell.period for cell in outcome.failed if cell.asset == key}
    good = [period for period in wanted if period not in failed]
    batches = [[period] for period in good] if key in parents else [good]  # a year's event must be newer than that of the year it reads
    for batch in filter(None, batches):
        if key in parents:
            seen |= pointers(context.instance, [key])
        events = [materialisation(key, period, cells[period], outcome, fingerprints()[key], seen) for period in batch]
        yield from logged(context, [*events[:-1], newest(events[-1], declaration, graph, lake.row_count(key))])
    if report.failed:
        raise dg.Failure(failure_text(report), allow_retries=False)
    yield silent_result()
    yield from discreetly(key, lambda: check_results.results(check_results.Stored(lake, declaration, cells, before)))


def build_partitions(lake: Lake, key: str, periods: list[str]) -> BuildReport:
    """Brings the cells of some periods up to date, in the buckets that the run asks for."""
    buckets = set(lake.buckets) or None
    return build(lake.project, lambda situation: cells_of(situation, {key}, set(periods), buckets), full=lake.recompute is Recompute.all)


def failure_text(report: BuildReport) -> str:
    """How many cells failed, and the distinct messages: which are made without values."""
    messages = sorted({message for _, message in report.failed})
    return f"{len(report.failed)} cells failed, {len(report.recomputed)} were computed. " + " · ".join(messages[:5])


def silent_result() -> dg.MaterializeResult:
    """Ends the step without Dagster's own materialization events, which would give every partition of the run one version."""
    return dg.MaterializeResult(metadata={SYSTEM_METADATA_KEY_SOURCE_ASSET_OBSERVATION: True})

"""Spans of months in the UI: each month in review is a partition, and a job computes any other span that somebody asks for.

A span's figures have the functions of the year's insights, so their lineage is drawn once: this asset reads what those read.
"""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import dagster as dg
from pydantic import Field

from wrapped_assets.contracts.graph import Graph
from wrapped_assets.kernels.versions import combined
from wrapped_assets.orchestration import facts
from wrapped_assets.orchestration.groups import numbered
from wrapped_assets.orchestration.lake import Lake, Recompute
from wrapped_assets.orchestration.materialisations import versions
from wrapped_assets.orchestration.partitions import WITHOUT_PERIODS, Periods, periods_read
from wrapped_assets.orchestration.source_links import source_file

if TYPE_CHECKING:
    from wrapped_assets.building.build import BuildReport
    from wrapped_assets.building.situate import Project
    from wrapped_assets.planning.situation import Situation
    from wrapped_assets.storage.manifest import StoredCell

KEY = dg.AssetKey(["spans", "months"])
SPANS = "spans"  # the job
MEANING = (
    "Months in review: the insights and playlists of a single month, by the functions of the year's. Materializing a month asks for "
    "it, in all buckets, and computes what is stale of it; from then on the planner and `wrapped build` keep it up to date. `wrapped "
    "story --month` tells it.\n\nThe job `spans` computes longer ones, such as `2024-12..2025-02`, `2020s` or `all`, and whatever is "
    "stale of those that were asked for.\n\nTies are broken as in the year's insights. Example: `cells` 45, `cells_recomputed` 2: two "
    "of the month's 45 tables were stale.\n\nA month is made of: {assets}."
)


def months_asset(graph: Graph, whole: Graph, periods: Periods) -> dg.AssetsDefinition:
    """The asset, by month. It reads what the spans' assets of the graph `whole` read that are none themselves."""
    told = [found for found in whole.by_key.values() if found.kind == "span_bucket"]
    reads: dict[str, str] = {}
    for declaration in told:
        for key, read in whole.inputs(declaration):
            if key in graph.by_key or key in WITHOUT_PERIODS:
                reads.setdefault(key, read.window)
    yearly = {key for key, found in graph.by_key.items() if found.kind != "month_bucket"}
    deps = [periods_read(key, window, is_year=key in yearly) for key, window in reads.items()]
    assets = ", ".join(f"`{found.year}`" for found in told)
    spec = dg.AssetSpec(
        KEY, deps=deps, partitions_def=periods.months, group_name=numbered("spans"), owners=["team:insights"], kinds={"polars", "parquet"},
        description=MEANING.format(assets=assets), tags={"privacy": "personal", "layer": "spans"},
        metadata={"dagster/code_references": source_file("orchestration/spans.py")},
    )  # fmt: skip

    @dg.multi_asset(name="spans__months", specs=[spec], backfill_policy=dg.BackfillPolicy.single_run())
    def months(context: dg.AssetExecutionContext, lake: Lake) -> Iterator[object]:
        from wrapped_assets.orchestration.materialisations import logged
        from wrapped_assets.orchestration.runs import silent_result

        wanted = list(context.partition_keys)
        report = facts.discreetly(SPANS, lambda: build_months(lake, wanted))
        events = facts.discreetly(SPANS, lambda: events_of(lake.project, wanted, report))
        yield from logged(context, events)
        if report.failed:
            raise facts.failed_cells([message for _, message in report.failed])
        yield silent_result()

    return months


def build_months(lake: Lake, months: Sequence[str]) -> "BuildReport":
    """Asks for the months that have plays, and computes what is stale of them."""
    situation = lake.project.situation()
    return _built(lake, [month for month in months if _has_plays(situation, month)])


def _has_plays(situation: "Situation", month: str) -> bool:
    try:
        situation.span(month)
    except ValueError:
        return False
    return True


def _built(lake: Lake, names: Sequence[str], *, others: bool = False) -> "BuildReport":
    """Asks for spans by canonical name and computes them; with `others`, every one that was asked for."""
    from wrapped_assets.building.spans import cells_in, with_spans
    from wrapped_assets.storage.spans import ask_span
    from wrapped_assets.vocabulary.periods import is_span

    with_spans(lake.project, names)
    for name in names:
        ask_span(lake.project.root, name)
    buckets = set(lake.buckets)

    def wanted(situation):
        found = cells_in(situation, names)
        found |= {cell for cell in situation.expected() if others and is_span(cell.period)}
        return {cell for cell in found if not buckets or cell.bucket in buckets}

    return lake.build(wanted, full=lake.recompute is Recompute.all)


def events_of(project: "Project", months: Sequence[str], report: "BuildReport | None" = None) -> list[dg.AssetMaterialization]:
    """What is told of some months: how many cells and rows they have, and how many a run computed."""
    stored = cells_of_months(project)
    made = [cell for cell in report.recomputed if cell.asset.startswith("spans/")] if report else []
    return [_event(month, stored.get(month, []), sum(cell.period == f"{month}..{month}" for cell in made)) for month in months]


def cells_of_months(project: "Project") -> "dict[str, list[StoredCell]]":
    """Month → the stored cells of its review."""
    from wrapped_assets.storage.manifest import load_cells

    found: dict[str, list[StoredCell]] = {}
    for cell, stored in sorted(load_cells(project.root).items(), key=lambda item: str(item[0])):
        first, _, last = cell.period.partition("..")
        if first == last:
            found.setdefault(first, []).append(stored)
    return found


def data_version(cells: "Sequence[StoredCell]") -> str:
    """One version over the cells of a month in review; `empty` where there is none."""
    return combined(*((str(stored.cell), stored.data_version) for stored in cells)) if cells else "empty"


def _event(month: str, cells: "Sequence[StoredCell]", recomputed: int) -> dg.AssetMaterialization:
    told: dict[str, facts.Fact] = {
        "dagster/partition_row_count": sum(stored.row_count for stored in cells), "bytes": sum(stored.byte_count for stored in cells),
        "seconds": float(sum(stored.seconds for stored in cells)), "cells": len(cells), "cells_recomputed": recomputed,
    }  # fmt: skip
    code = combined(*sorted({stored.logic for stored in cells}))
    shown = facts.metadata(told)
    return dg.AssetMaterialization(KEY, partition=month, metadata=shown, tags=versions(code, data_version(cells), {}))


class Names(dg.Config):
    """Spans to ask for: `2025-03`, `2024-12..2025-02`, `2025-to-date`, `2020s` or `all`. None: those that were asked for before."""

    names: list[str] = Field(default=[])


@dg.op
def compute_spans(context: dg.OpExecutionContext, config: Names, lake: Lake) -> None:
    """Computes what is stale of the named spans, or of all that were ever asked for."""
    from wrapped_assets.building.spans import names_of

    names = facts.discreetly(SPANS, lambda: names_of(config.names))
    report = facts.discreetly(SPANS, lambda: _built(lake, names, others=not names))
    if report.failed:
        raise facts.failed_cells([message for _, message in report.failed])
    said = facts.told("{count} cells computed.", count=len(report.recomputed))
    context.log.info(said)


@dg.job(name=SPANS, description="`wrapped build --span`: computes spans of months, named ones or what is stale of all that were asked for.")
def spans_job() -> None:
    """Computes spans."""
    compute_spans()

"""Which cells should exist: those for which something is landed, and of spans those that were asked for."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from wrapped_assets.contracts.lineage import EXTERNALS, Graph
from wrapped_assets.vocabulary.periods import Cell, Month
from wrapped_assets.vocabulary.spans import Span

Landed = Mapping[tuple[str, str, int], Mapping[str, str]]


def months_landed(landed: Landed) -> dict[int, set[Month]]:
    """The months of each bucket in which somebody may have played something.

    A local month may hold plays of the UTC months beside it, so those count where a listener's clock may reach over.
    """
    months: dict[int, set[Month]] = {}
    for (asset, period, bucket), hashes in landed.items():
        if asset == EXTERNALS["landed_plays"] and hashes.get("whole"):
            month = Month.parse(period)
            near = {month} | ({month.shift(-1)} if hashes.get("early") else set()) | ({month.shift(1)} if hashes.get("late") else set())
            months.setdefault(bucket, set()).update(near)
    return months


def cells_of_spans(graph: Graph, months: Mapping[int, set[Month]], spans: Mapping[Span, Collection[int] | None]) -> list[Cell]:
    """The cells of spans in some buckets (None: all), where these have months; what a span reads of its year's earlier months first."""
    earlier, told = list[Cell](), list[Cell]()
    for span, wanted in sorted(spans.items(), key=lambda item: str(item[0])):
        for bucket in sorted(months if wanted is None else set(wanted) & months.keys()):
            if any(span.first <= month <= span.last for month in months[bucket]):
                told += [Cell(key, str(span), bucket) for key in graph.of_spans]
                if (before := span.before) and any(before.first <= month <= before.last for month in months[bucket]):
                    earlier += [Cell(key, str(before), bucket) for key in graph.of_earlier_months]
    return [*earlier, *told]


def expected_cells(graph: Graph, landed: Landed) -> list[Cell]:
    """Every cell for which something is landed: months by bucket, then years by stage and bucket; assets in graph order.

    A month or a year in which a bucket's listeners played nothing has no cells. A year's figures over all listeners stand between the
    buckets' figures that they are made of and those that compare a listener with them.
    """
    months = months_landed(landed)
    months_keys = [key for key, found in graph.by_key.items() if found.kind == "month_bucket"]
    stages: dict[int, list[str]] = {}
    for key, stage in graph.stages.items():
        if graph.by_key[key].kind in ("year_bucket", "year"):
            stages.setdefault(stage, []).append(key)
    cells = [
        Cell(key, str(month), bucket)
        for month, bucket in sorted((month, bucket) for bucket, found in months.items() for month in found)
        for key in months_keys
    ]
    played: dict[int, set[int]] = {}
    for bucket, found in months.items():
        for month in found:
            played.setdefault(month.year, set()).add(bucket)
    for year, buckets in sorted(played.items()):
        for stage, keys in sorted(stages.items()):
            for bucket in sorted(buckets) if stage % 2 == 0 else [None]:
                cells.extend(Cell(key, str(year), bucket) for key in keys)
    return cells

"""Which cells should exist: those for which something is landed."""

from __future__ import annotations

from collections.abc import Mapping

from wrapped_assets.contracts.lineage import EXTERNALS, Graph
from wrapped_assets.vocabulary.periods import Cell, Month


def expected_cells(graph: Graph, landed: Mapping[tuple[str, str, int], Mapping[str, str]]) -> list[Cell]:
    """Every cell for which something is landed: months by bucket, then years by stage and bucket; assets in graph order.

    A local month may hold plays of the UTC months beside it, so those count where a listener's clock may reach over. A month or a
    year in which a bucket's listeners played nothing has no cells. A year's figures over all listeners stand between the buckets'
    figures that they are made of and those that compare a listener with them.
    """
    months: dict[int, set[Month]] = {}
    for (asset, period, bucket), hashes in landed.items():
        if asset == EXTERNALS["landed_plays"] and hashes.get("whole"):
            month = Month.parse(period)
            near = {month} | ({month.shift(-1)} if hashes.get("early") else set()) | ({month.shift(1)} if hashes.get("late") else set())
            months.setdefault(bucket, set()).update(near)
    months_keys = [key for key, found in graph.by_key.items() if found.kind == "month_bucket"]
    stages: dict[int, list[str]] = {}
    for key, stage in graph.stages.items():
        if graph.by_key[key].kind != "month_bucket":
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

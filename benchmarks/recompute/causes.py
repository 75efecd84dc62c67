"""Whether a recomputed cell had a cause: changed code, a changed rule, a changed outside input, or a changed column that it reads."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from wrapped_assets.contracts.declaration import Declaration, Read
from wrapped_assets.contracts.graph import Graph
from wrapped_assets.storage.manifest import StoredCell
from wrapped_assets.vocabulary.periods import Cell, Month, period_year

Cells = Mapping[Cell, StoredCell]


def without_cause(recomputed: list[Cell], graph: Graph, before: Cells, after: Cells, code: set[str], touched: dict[str, Any]) -> list[Cell]:
    """Those of the cells that nothing in the edit can have changed; `code` names the assets whose code was edited."""
    changed = {
        cell: {name for name in old.keys() | new.keys() if old.get(name) != new.get(name)}
        for cell in before.keys() | after.keys()
        if (old := _hashes(before, cell)) != (new := _hashes(after, cell))
    }
    return [
        cell
        for cell in recomputed
        if cell in before
        and graph.by_key[cell.asset].name not in code
        and not _is_touched(graph.by_key[cell.asset], cell, touched)
        and not any(_reads_changed(graph, key, read, cell, changed) for key, read in graph.inputs(graph.by_key[cell.asset]))
    ]


def _hashes(cells: Cells, cell: Cell) -> dict[str, str]:
    """The columns' hashes; that a cell is there counts as a column."""
    return {**cells[cell].column_hashes, "": "there"} if cell in cells else {}


def _reads_changed(graph: Graph, key: str, read: Read, cell: Cell, changed: Mapping[Cell, set[str]]) -> bool:
    wanted = {*read.columns, ""}
    buckets = [cell.bucket] if cell.bucket is not None else None
    return any(
        source.asset == key and names & wanted and (buckets is None or source.bucket in buckets) and _is_read(source.period, read, cell)
        for source, names in changed.items()
    )


def _is_read(period: str, read: Read, cell: Cell) -> bool:
    if read.window == "previous_year":
        return period == str(period_year(cell.period) - 1)
    if read.window == "month_and_edges":
        return period in _near(cell.period)
    return period == cell.period or (len(cell.period) == 4 and period.startswith(cell.period))  # a year reads its months


def _near(month: str) -> set[str]:
    return {str(Month.parse(month).shift(shift)) for shift in (-1, 0, 1)}


def _is_touched(declaration: Declaration, cell: Cell, touched: dict[str, Any]) -> bool:
    if "months" in touched:  # an outside input of one bucket
        reads = {read.asset for read in declaration.reads}
        if not reads & {"landed_plays", "landed_tracks", "listeners", "exclusions"}:
            return False
        return cell.bucket == touched["bucket"] and bool(_near(cell.period) & set(touched["months"]))
    if "rules" not in touched or touched.get("year", period_year(cell.period)) != period_year(cell.period):
        return False
    own = declaration.rules & set(touched["rules"])
    if own <= {"window_start", "window_end"} and declaration.kind == "month_bucket" and "from" in touched:
        month = Month.parse(cell.period)  # the days after the earlier cut-off, up to the later
        moved = date.fromisoformat(touched["from"]) + timedelta(days=1), date.fromisoformat(touched["until"])
        return bool(own) and month.first_day <= moved[1] and month.last_day >= moved[0]
    return bool(own)

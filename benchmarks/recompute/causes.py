"""Whether a recomputed cell had a cause: changed code, a changed rule, a changed outside input, or a changed column that it reads."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from benchmarks.recompute.edits import EVERY
from wrapped_assets.contracts.declaration import Declaration, Read
from wrapped_assets.contracts.graph import Graph
from wrapped_assets.storage.manifest import StoredCell
from wrapped_assets.vocabulary.periods import Cell, Month, period_year

Cells = Mapping[Cell, StoredCell]
ALL_MONTHS = frozenset({"links"})  # which follow from a listener's whole history
BY_YEAR = frozenset({"profiles"})  # outside inputs that a year reads as a whole


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
        and not code & {graph.by_key[cell.asset].name, EVERY}
        and not _is_touched(graph.by_key[cell.asset], cell, touched)
        and not any(_reads_changed(key, read, cell, changed, (before, after)) for key, read in graph.inputs(graph.by_key[cell.asset]))
    ]


def _hashes(cells: Cells, cell: Cell) -> dict[str, str]:
    """The columns' hashes; that a cell is there counts as a column."""
    return {**cells[cell].column_hashes, "": "there"} if cell in cells else {}


def _reads_changed(key: str, read: Read, cell: Cell, changed: Mapping[Cell, set[str]], stored: Sequence[Cells]) -> bool:
    """Whether a column changed of what the cell reads, or what it reads came or went; `stored`: the cells before and after."""
    wanted = {*read.columns, ""}
    sources = [source for source, names in changed.items() if source.asset == key and names & wanted and _is_of_bucket(source, cell)]
    if read.window == "latest_year_before":
        return any(_is_latest(source, cell, cells) for source in sources for cells in stored)
    return any(_is_read(source.period, read, cell) for source in sources)


def _is_latest(source: Cell, cell: Cell, cells: Cells) -> bool:
    """Whether a stored cell is the latest of its asset and bucket before the cell's year."""
    years = [one.period for one in cells if (one.asset, one.bucket) == (source.asset, source.bucket) and one.period < cell.period[:4]]
    return source.period == max(years, default=None)


def _is_of_bucket(source: Cell, cell: Cell) -> bool:
    """Whether the source is of the cell's bucket, or one of the two is of all listeners."""
    return None in (source.bucket, cell.bucket) or source.bucket == cell.bucket


def _is_read(period: str, read: Read, cell: Cell) -> bool:
    if read.window == "previous_year":
        return period == str(period_year(cell.period) - 1)
    if read.window == "month_and_edges":
        return period in _near(cell.period)
    return period == cell.period or (len(cell.period) == 4 and period.startswith(cell.period))  # a year reads its months


def _near(month: str) -> set[str]:
    return {str(Month.parse(month).shift(shift)) for shift in (-1, 0, 1)}


def _is_touched(declaration: Declaration, cell: Cell, touched: dict[str, Any]) -> bool:
    if "months" in touched:
        return _is_touched_outside({read.asset for read in declaration.reads} & set(touched["inputs"]), cell, touched)
    if "rules" not in touched or touched.get("year", period_year(cell.period)) != period_year(cell.period):
        return False
    own = declaration.rules & set(touched["rules"])
    if own <= {"window_start", "window_end"} and declaration.kind == "month_bucket" and "from" in touched:
        month = Month.parse(cell.period)  # the days after the earlier cut-off, up to the later
        moved = date.fromisoformat(touched["from"]) + timedelta(days=1), date.fromisoformat(touched["until"])
        return bool(own) and month.first_day <= moved[1] and month.last_day >= moved[0]
    return bool(own)


def _is_touched_outside(reads: set[str], cell: Cell, touched: dict[str, Any]) -> bool:
    """Whether a cell reads one of the outside inputs of one bucket in months that an edit touched."""
    near = {month for touched_month in touched["months"] for month in _near(touched_month)}
    if reads & BY_YEAR and cell.bucket in (None, touched["bucket"]) and cell.period in {month[:4] for month in near}:
        return True
    return cell.bucket == touched["bucket"] and bool(reads & ALL_MONTHS or (reads - BY_YEAR and cell.period in near))

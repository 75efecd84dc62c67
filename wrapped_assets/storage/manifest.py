"""The manifest: which cells are stored, from what they were made, and where their bytes lie."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

import orjson
import sqlalchemy as sa

from wrapped_assets.storage import tables
from wrapped_assets.storage.root import Root
from wrapped_assets.vocabulary.periods import Cell

ALL_LISTENERS = -1  # how a cell without a bucket is stored: a primary key has no nulls


@dataclass(frozen=True, slots=True)
class StoredCell:
    """One row of the manifest."""

    cell: Cell
    input_version: str
    logic: str
    rules: str
    inputs: str  # JSON, `{"asset column partition": hash}` of what was read
    data_version: str
    column_hashes: dict[str, str]
    row_count: int
    byte_count: int
    seconds: float
    reason: str
    path: str
    file_hash: str
    written_at: datetime


def load_cells(root: Root, assets: Iterable[str] | None = None, periods: Iterable[str] | None = None) -> dict[Cell, StoredCell]:
    """Every stored cell, or those of the assets and periods named."""
    table = tables.cells
    query = sa.select(table)
    if assets is not None:
        query = query.where(table.c.asset.in_(list(assets)))
    if periods is not None:
        query = query.where(table.c.period.in_(list(periods)))
    found = {}
    with root.engine.connect() as connection:
        for asset, period, bucket, version, logic, rules, inputs, data, hashes, *rest in connection.execute(query):
            cell = Cell(asset, period, None if bucket == ALL_LISTENERS else bucket)
            found[cell] = StoredCell(cell, version, logic, rules, inputs, data, orjson.loads(hashes), *rest)
    return found


def record_cells(root: Root, stored: Iterable[StoredCell]) -> list[str]:
    """Records cells in one transaction; returns the paths that they replace and that nothing names any more."""
    rows = [_row(cell) for cell in stored]
    table = tables.cells
    replaced = []
    with root.engine.begin() as connection:
        for row in rows:
            key = (table.c.asset == row["asset"]) & (table.c.period == row["period"]) & (table.c.bucket == row["bucket"])
            old = connection.execute(sa.select(table.c.path).where(key)).scalar()
            if old is None:
                connection.execute(sa.insert(table).values(**row))
            else:
                connection.execute(sa.update(table).where(key).values(**row))
                if old != row["path"]:
                    replaced.append(old)
        published = tables.publication_cells.c.path
        kept = set(connection.execute(sa.select(published).where(published.in_(replaced))).scalars()) if replaced else set()
    return [path for path in replaced if path not in kept]


def forget_cells(root: Root, gone: Iterable[Cell]) -> None:
    """Removes cells whose input no longer exists."""
    table = tables.cells
    with root.engine.begin() as connection:
        for cell in gone:
            bucket = ALL_LISTENERS if cell.bucket is None else cell.bucket
            connection.execute(
                sa.delete(table).where((table.c.asset == cell.asset) & (table.c.period == cell.period) & (table.c.bucket == bucket))
            )


def _row(stored: StoredCell) -> dict[str, object]:
    cell = stored.cell
    return {
        "asset": cell.asset,
        "period": cell.period,
        "bucket": ALL_LISTENERS if cell.bucket is None else cell.bucket,
        "input_version": stored.input_version,
        "logic": stored.logic,
        "rules": stored.rules,
        "inputs": stored.inputs,
        "data_version": stored.data_version,
        "column_hashes": orjson.dumps(stored.column_hashes).decode(),
        "row_count": stored.row_count,
        "byte_count": stored.byte_count,
        "seconds": stored.seconds,
        "reason": stored.reason,
        "path": stored.path,
        "file_hash": stored.file_hash,
        "written_at": stored.written_at.astimezone(UTC),
    }

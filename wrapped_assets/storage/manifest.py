"""The manifest: the stored cells, their recorded inputs, and the paths of their files."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import UTC
from functools import cache
from types import EllipsisType
from typing import Any

import orjson

from wrapped_assets.contracts.stored_cell import StoredCell
from wrapped_assets.storage.buckets import bucket_count
from wrapped_assets.storage.cell_paths import CellPaths
from wrapped_assets.storage.database import insertion
from wrapped_assets.storage.later import sa, tables
from wrapped_assets.storage.reading import Reader, moment, reading
from wrapped_assets.storage.root import MAIN, Root
from wrapped_assets.storage.transactions import exclusive
from wrapped_assets.vocabulary.periods import Cell

_COLUMNS = (
    "asset, period, bucket, input_version, logic, rules, inputs, data_version, column_hashes, row_count, byte_count, seconds, reason, "
    "path, file_hash, written_at, scheme"
)
ALL_LISTENERS = -1  # how a cell without a bucket is stored: a primary key has no nulls


def load_cells(
    root: Root, assets: Iterable[str] | None = None, periods: Iterable[str] | None = None, *, only_own: bool = False,
    bucket: int | EllipsisType | None = ..., connection: sa.Connection | Reader | None = None,
) -> dict[Cell, StoredCell]:  # fmt: skip
    """Every stored cell, or those of the assets, periods and bucket named; an environment's own before the main ones, or only its own."""
    wanted = {"environment": [root.environment] if only_own else [MAIN, root.environment]}
    if assets is not None:
        wanted["asset"] = list(assets)
    if periods is not None:
        wanted["period"] = list(periods)
    if bucket is not ...:
        wanted["bucket"] = [ALL_LISTENERS if bucket is None else bucket]
    condition = " and ".join(f"{name} in :{name}" for name in wanted)
    found = {}
    with reading(root, connection) as reader:
        rows = reader.rows(f"select {_COLUMNS} from cells where {condition} order by environment", **wanted)  # noqa: S608 (our own names)
        for asset, period, number, version, logic, rules, inputs, data, hashes, *rest, written_at, scheme in rows:
            cell = Cell(asset, period, None if number == ALL_LISTENERS else number)
            found[cell] = StoredCell(cell, version, logic, rules, inputs, data, orjson.loads(hashes), *rest, moment(written_at), scheme)
    return found


def stored_paths(root: Root, assets: Iterable[str]) -> CellPaths:
    """Where the stored cells of some assets lie; an environment's own before the main ones."""
    query = "select asset, period, bucket, path from cells where environment in :environment and asset in :asset order by environment"
    with reading(root) as reader:
        rows = reader.rows(query, environment=[MAIN, root.environment], asset=list(assets))
        count = bucket_count(root, reader)
    paths = {Cell(asset, period, None if bucket == ALL_LISTENERS else bucket): path for asset, period, bucket, path in rows}
    return CellPaths(count, paths)


def paths_of(connection: sa.Connection, root: Root, cells: Collection[Cell]) -> dict[Cell, str]:
    """Where those of the cells lie that are stored; an environment's own before the main ones."""
    table = tables.cells
    assets, periods = ({getattr(cell, name) for cell in cells} for name in ("asset", "period"))
    buckets = {ALL_LISTENERS if cell.bucket is None else cell.bucket for cell in cells}
    query = (
        sa.select(table.c.asset, table.c.period, table.c.bucket, table.c.path)
        .where(table.c.asset.in_(assets), table.c.period.in_(periods), table.c.bucket.in_(buckets))
        .where(table.c.environment.in_([MAIN, root.environment]))
        .order_by(table.c.environment)
    )
    rows = connection.execute(query)
    found = {Cell(asset, period, None if bucket == ALL_LISTENERS else bucket): path for asset, period, bucket, path in rows}
    return {cell: found[cell] for cell in cells if cell in found}


def record_cells(connection: sa.Connection, root: Root, stored: Iterable[StoredCell]) -> set[str]:
    """Records cells; returns the paths that they replace, for `remove_unnamed` once the connection has committed."""
    rows = [_row(root, cell) for cell in stored]
    table = tables.cells
    old = {}
    for period, bucket in {(row["period"], row["bucket"]) for row in rows}:
        unit = (table.c.environment == root.environment) & (table.c.period == period) & (table.c.bucket == bucket)
        for asset, path in connection.execute(sa.select(table.c.asset, table.c.path).where(unit)):
            old[asset, period, bucket] = path
    if rows:
        connection.execute(_upsert(connection.dialect.name), rows)
    keys = [(row["asset"], row["period"], row["bucket"]) for row in rows]
    return {old[key] for key in keys if key in old} - {str(row["path"]) for row in rows}


def remove_unnamed(root: Root, paths: Collection[str]) -> None:
    """Removes those of the files that no environment and no published edition names; nobody begins to name one meanwhile."""
    if paths:
        with exclusive(root.engine) as connection:
            left = root.files.leave(connection, unnamed(connection, paths))
        root.files.remove(left)


def unnamed(connection: sa.Connection, paths: Iterable[str]) -> list[str]:
    """Those of the paths that no environment and no published edition names."""
    wanted = sorted(paths)
    if not wanted:
        return []
    named: set[str] = set()
    for column in (tables.cells.c.path, tables.publication_cells.c.path):
        for start in range(0, len(wanted), 500):
            named.update(connection.execute(sa.select(column).where(column.in_(wanted[start : start + 500]))).scalars())
    return [path for path in wanted if path not in named]


@cache
def _upsert(dialect: str) -> Any:
    """One statement for all rows, kept for each dialect: building one costs more than carrying it out."""
    statement = insertion(dialect, tables.cells)
    keys = [column.name for column in tables.cells.primary_key]
    changed = {column.name: statement.excluded[column.name] for column in tables.cells.columns if column.name not in keys}
    return statement.on_conflict_do_update(index_elements=keys, set_=changed)


def forget_cells(root: Root, gone: Iterable[Cell]) -> set[str]:
    """Removes the rows of cells whose input no longer exists, an environment its own only; returns their paths for `remove_unnamed`."""
    table = tables.cells
    paths: set[str] = set()
    with root.engine.begin() as connection:
        for cell in gone:
            bucket = ALL_LISTENERS if cell.bucket is None else cell.bucket
            place = (table.c.environment == root.environment) & (table.c.asset == cell.asset)
            place &= (table.c.period == cell.period) & (table.c.bucket == bucket)
            paths.update(connection.execute(sa.select(table.c.path).where(place)).scalars())
            connection.execute(sa.delete(table).where(place))
    return paths


def _row(root: Root, stored: StoredCell) -> dict[str, object]:
    cell = stored.cell
    return {
        "environment": root.environment,
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
        "scheme": stored.scheme,
    }

"""Named environments, which store differences from the main one until they are promoted or deleted."""

from __future__ import annotations

import sqlalchemy as sa

from wrapped_assets.contracts.errors import InputError
from wrapped_assets.storage import tables
from wrapped_assets.storage.manifest import load_cells, remove_unnamed
from wrapped_assets.storage.records import forget_records, write_records
from wrapped_assets.storage.root import MAIN, Root
from wrapped_assets.storage.sweep import marked
from wrapped_assets.storage.transactions import exclusive

_OVERLAID = (tables.cells, tables.editions)


def environments(root: Root) -> dict[str, int]:
    """How many cells of its own each named environment holds, by name."""
    table = tables.cells
    query = sa.select(table.c.environment, sa.func.count()).where(table.c.environment != MAIN).group_by(table.c.environment)
    with root.engine.connect() as connection:
        found = dict(connection.execute(query).all())
        only_rules = connection.execute(sa.select(tables.editions.c.environment).where(tables.editions.c.environment != MAIN)).scalars()
        return dict(sorted({**dict.fromkeys(only_rules, 0), **found}.items()))


def promote(root: Root, name: str) -> int:
    """Makes an environment's cells and editions the main ones, in one transaction; returns how many cells.

    Whatever the main one went on to compute meanwhile is compared by the next build, as always: nothing stale can stay.
    """
    with root.lock("publishing"), marked(root):  # not while an erasure computes the main cells and the environment's anew
        with exclusive(root.engine) as connection:
            own = list(load_cells(root.within(name), only_own=True, connection=connection).values())
            paths, count = set(), _require(connection, name)
            for table in _OVERLAID:
                keys = [column.name for column in table.primary_key if column.name != "environment"]
                for row in connection.execute(sa.select(table).where(table.c.environment == name)).mappings().all():
                    same = sa.and_(table.c.environment == MAIN, *(table.c[key] == row[key] for key in keys))
                    if table is tables.cells:
                        paths.update(connection.execute(sa.select(table.c.path).where(same)).scalars())
                    connection.execute(sa.delete(table).where(same))
                connection.execute(sa.update(table).where(table.c.environment == name).values(environment=MAIN))
            write_records(root, own)
        forget_records(root.within(name))
        remove_unnamed(root, paths)
    return count


def discard(root: Root, name: str) -> int:
    """Throws an environment away, with the files that only it named; returns how many cells it had."""
    with root.lock("publishing"), marked(root):
        with exclusive(root.engine) as connection:
            count = _require(connection, name)
            own = tables.cells.c.environment == name
            paths = set(connection.execute(sa.select(tables.cells.c.path).where(own)).scalars())
            for table in _OVERLAID:
                connection.execute(sa.delete(table).where(table.c.environment == name))
        forget_records(root.within(name))
        remove_unnamed(root, paths)
    return count


def _require(connection: sa.Connection, name: str) -> int:
    """How many cells an environment has; InputError where there is none of that name."""
    counts = [
        connection.execute(sa.select(sa.func.count()).select_from(table).where(table.c.environment == name)).scalar_one()
        for table in _OVERLAID
    ]
    if name == MAIN or not any(counts):
        raise InputError(f"there is no environment {name!r}; `wrapped env list` shows the existing ones")
    return counts[0]

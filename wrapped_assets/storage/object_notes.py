"""The notes of what may lie in an object store: made before an object is sent, taken away once the store has removed it."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

from wrapped_assets.storage.cell_paths import path_beside
from wrapped_assets.storage.database import insert_new
from wrapped_assets.storage.later import sa, tables

_OF_A_QUERY = 500


def note(connection: sa.Connection, paths: Sequence[str]) -> list[str]:
    """Notes the names under which objects will be sent: another one in place of one that is about to be removed."""
    leaving = {path for path, is_leaving in noted(connection, paths).items() if is_leaving}
    # The landing's lock keeps removals and imports apart, so a landed name that is leaving was left so by a crash.
    names = [path_beside(path) if path in leaving and path.startswith("lake/") else path for path in paths]
    insert_new(connection, tables.objects, [{"path": name, "is_leaving": False} for name in names])
    if back := leaving & set(names):
        connection.execute(sa.update(tables.objects).where(tables.objects.c.path.in_(back)).values(is_leaving=False))
    return names


def leave(connection: sa.Connection, paths: Collection[str]) -> None:
    """Notes that objects are about to be removed: nothing may name them any more."""
    for some in _batches(paths):
        connection.execute(sa.update(tables.objects).where(tables.objects.c.path.in_(some)).values(is_leaving=True))


def forget(connection: sa.Connection, paths: Collection[str]) -> None:
    """Takes away the notes of objects that were removed."""
    for some in _batches(paths):
        connection.execute(sa.delete(tables.objects).where(tables.objects.c.path.in_(some), tables.objects.c.is_leaving))


def noted(connection: sa.Connection, paths: Collection[str]) -> dict[str, bool]:
    """Those of the paths that are noted, and whether they are about to be removed."""
    table, found = tables.objects, dict[str, bool]()
    for some in _batches(paths):
        rows = connection.execute(sa.select(table.c.path, table.c.is_leaving).where(table.c.path.in_(some)))
        found |= {row.path: row.is_leaving for row in rows}
    return found


def noted_below(connection: sa.Connection, folder: str) -> list[str]:
    """Every noted path below a folder."""
    query = sa.select(tables.objects.c.path).where(tables.objects.c.path.startswith(f"{folder}/", autoescape=True))
    return sorted(connection.execute(query).scalars())


def _batches(paths: Collection[str]) -> Iterator[list[str]]:
    wanted = sorted(paths)
    return (wanted[start : start + _OF_A_QUERY] for start in range(0, len(wanted), _OF_A_QUERY))

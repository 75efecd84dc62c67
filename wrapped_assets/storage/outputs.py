"""Records the files that commands wrote outside the lake, so that an erasure can list them."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import sqlalchemy as sa

from wrapped_assets.storage import tables
from wrapped_assets.storage.root import Root


@dataclass(frozen=True)
class Output:
    """One file or folder. `path` is absolute, `what` the command that wrote it."""

    path: str
    what: str
    written_at: datetime
    is_about_anybody: bool = False


def note_output(root: Root, path: Path, what: str, listener_ids: Iterable[int] | None) -> None:
    """Notes, before a file is written, where it will lie and whom it is about; None where that may be anybody."""
    table, place, now = tables.outputs, str(path.absolute()), datetime.now(UTC)
    whom = [None] if listener_ids is None else sorted(set(listener_ids))
    rows = [{"output_id": secrets.token_hex(16), "path": place, "what": what, "listener_id": each, "written_at": now} for each in whom]
    with root.engine.begin() as connection:
        connection.execute(sa.delete(table).where(table.c.path == place))  # what lay there is replaced
        if rows:
            connection.execute(sa.insert(table), rows)


def outputs_of(root: Root, listener_id: int) -> list[Output]:
    """What was written about a listener, by path."""
    return _found(root, tables.outputs.c.listener_id == listener_id)


def outputs_besides(root: Root, listener_ids: Iterable[int]) -> list[Output]:
    """What was written about others, or about anybody, by path: it may name a listener who agreed to be found."""
    return _found(root, tables.outputs.c.listener_id.is_(None) | tables.outputs.c.listener_id.not_in(list(listener_ids)))


def forget_outputs(root: Root, paths: Iterable[str]) -> None:
    """Notes no longer that there are files at these paths."""
    with root.engine.begin() as connection:
        connection.execute(sa.delete(tables.outputs).where(tables.outputs.c.path.in_(list(paths))))


def _found(root: Root, condition: sa.ColumnElement[bool]) -> list[Output]:
    table = tables.outputs
    newest, known = sa.func.max(table.c.written_at).label("written_at"), sa.func.count(table.c.listener_id).label("known")
    query = sa.select(table.c.path, table.c.what, newest, known).where(condition)
    with root.engine.connect() as connection:
        rows = connection.execute(query.group_by(table.c.path, table.c.what).order_by(table.c.path))
        return [Output(row.path, row.what, row.written_at, not row.known) for row in rows]

"""Writes the registry by plain SQL: a SQLite file with the standard library alone, everything else through SQLAlchemy.

Imports write through here, because loading SQLAlchemy would take a third as long as a small import. `reading.py` says when the quick way is
taken.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from wrapped_assets.storage.database import insert_new
from wrapped_assets.storage.later import tables
from wrapped_assets.storage.reading import Reader, as_text, asked_of, executed, quick
from wrapped_assets.storage.root import Root
from wrapped_assets.storage.transactions import exclusive
from wrapped_assets.storage.unavailable import unavailable

Rows = Sequence[Mapping[str, Any]]


@dataclass(frozen=True)
class Writer(Reader):
    """Reads and changes one state of the registry. What it reads still holds when it commits."""

    _insert_new: Callable[[str, Rows], None]

    def insert_new(self, table: str, rows: Rows) -> None:
        """Inserts the rows whose key is not there yet."""
        if rows:
            self._insert_new(table, rows)

    def run(self, statement: str, **values: Any) -> None:
        """Carries out one statement; a value stands in it as `:name`."""
        self.rows(statement, **values)


@contextmanager
def writing(root: Root) -> Iterator[Writer]:
    """A writer that commits at the end; until then nobody else changes what builds read or record.

    Keep it short: everybody who writes waits. Nothing is changed where the block raises. RegistryUnavailable where the world is at fault.
    """
    if (file := quick(root, writes=True)) is not None:
        with closing(file):
            yield Writer(lambda query, values: executed(file, query, values), True, lambda table, rows: _insert(file, table, rows))
            executed(file, "commit", {})
    else:
        with exclusive(root.engine) as connection:
            yield Writer(
                lambda query, values: asked_of(connection, query, values), connection.dialect.name == "sqlite",
                lambda table, rows: insert_new(connection, getattr(tables, table), rows),
            )  # fmt: skip


def _insert(file: sqlite3.Connection, table: str, rows: Rows) -> None:
    columns = list(rows[0])
    names = f"({', '.join(columns)}) values ({', '.join(f':{name}' for name in columns)})"
    values = [{name: _kept(value) for name, value in row.items()} for row in rows]
    try:
        file.executemany(f"insert into {table} {names} on conflict do nothing", values)
    except sqlite3.Error as error:
        raise unavailable(error) or error from None


def _kept(value: Any) -> Any:
    """What SQLite keeps of a value: it has no type for an instant and none for a document."""
    if isinstance(value, datetime):
        return as_text(value)
    return json.dumps(value) if isinstance(value, dict) else value

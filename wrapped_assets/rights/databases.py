"""SQLite files in the search after an erasure: every stored value, and what deleted rows left in free pages and journals."""

from __future__ import annotations

import sqlite3
from contextlib import closing, suppress
from pathlib import Path

import polars as pl

from wrapped_assets.rights.needles import Search

_VALUES_AT_ONCE = 20_000
MAGIC = b"SQLite format 3\0"
JOURNALS = ("-wal", "-shm", "-journal")
# What is not said of listeners: who signed an export, and what somebody else left out of their figures.
_OF_OTHERS = {("approvals", "approver"), ("approvals", "account"), ("exclusions", "label")}


def is_database(path: Path) -> bool:
    """Whether the file is an SQLite database."""
    with path.open("rb") as file:
        return file.read(len(MAGIC)) == MAGIC


def in_database(path: Path, search: Search) -> str | None:
    """Where the database at `path` holds something: "TABLE.COLUMN", or "free pages"; None where it does not.

    What deleted rows left in free pages is removed by compacting the database, which changes no value in it.
    """
    if found := in_values(path, search):
        return found
    if not _in_files(path, search):
        return None
    with suppress(sqlite3.Error), closing(sqlite3.connect(path, timeout=30, isolation_level=None)) as connection:
        connection.execute("pragma secure_delete=on")
        connection.execute("vacuum")
        connection.execute("pragma wal_checkpoint(truncate)")
        # Compacted, it holds its values alone, and these were looked at.
        if not connection.execute("pragma freelist_count").fetchone()[0] and not _size(path.with_name(f"{path.name}-wal")):
            return None
    return "free pages"


def _size(path: Path) -> int:
    return path.stat().st_size if path.exists() else 0


def _in_files(path: Path, search: Search) -> bool:
    """Whether the bytes of the database or its journals hold anything, also as a part of a word: SQLite puts values side by side."""
    content = _bytes_of(path)
    return search.in_bytes(content) or any(word.encode() in content for word in search.words)


def _bytes_of(path: Path) -> bytes:
    beside = [path.with_name(path.name + ending) for ending in JOURNALS]
    return b"".join(each.read_bytes() for each in (path, *beside) if each.exists())


def in_values(database: Path | bytes, search: Search) -> str | None:
    """The first column with a value that holds something; None where none does. "unreadable" where it is no intact database."""
    try:
        with closing(_opened(database)) as connection:
            tables = [name for (name,) in connection.execute("select name from sqlite_master where type = 'table' and rootpage > 0")]
            for table in tables:
                if found := _in_table(connection, table, search):
                    return found
    except sqlite3.Error:
        return "unreadable"
    return None


def _opened(database: Path | bytes) -> sqlite3.Connection:
    if isinstance(database, Path):
        return sqlite3.connect(f"{database.resolve().as_uri()}?mode=ro", uri=True, timeout=30)
    connection = sqlite3.connect(":memory:")
    connection.deserialize(database)
    return connection


def _in_table(connection: sqlite3.Connection, table: str, search: Search) -> str | None:
    quoted = _quoted(table)
    for column in [row[1] for row in connection.execute(f"pragma table_info({quoted})")]:
        if (table, column) in _OF_OTHERS:
            continue
        rows = connection.execute(f"select {_quoted(column)} from {quoted}")  # noqa: S608 (quoted as identifiers)
        while values := [value for (value,) in rows.fetchmany(_VALUES_AT_ONCE)]:
            if _hold(values, search):
                return f"{table}.{column}"
    return None


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _hold(values: list[object], search: Search) -> bool:
    texts = pl.Series([value for value in values if isinstance(value, str)], dtype=pl.String)
    return (
        not set(search.ids).isdisjoint(value for value in values if isinstance(value, int))
        or any(search.in_bytes(value) for value in values if isinstance(value, bytes))
        or search.in_texts(texts)
    )

"""SQLite files in the search after an erasure: every stored value, and what deleted rows left in free pages and journals."""

from __future__ import annotations

import sqlite3
from contextlib import closing, suppress
from pathlib import Path

from wrapped_assets.rights.needles import Search

MAGIC = b"SQLite format 3\0"
JOURNALS = ("-wal", "-shm", "-journal")
# What is not said of listeners: who signed an export, and what somebody else left out of their figures.
_OF_OTHERS = {("approvals", "approver"), ("exclusions", "label")}


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
            connection.create_function("holds", 1, lambda value: _holds(value, search), deterministic=True)
            tables = [name for (name,) in connection.execute("select name from sqlite_master where type = 'table' and rootpage > 0")]
            for table in tables:
                if found := _in_table(connection, table):
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


def _in_table(connection: sqlite3.Connection, table: str) -> str | None:
    quoted = '"' + table.replace('"', '""') + '"'
    columns = [row[1] for row in connection.execute(f"pragma table_info({quoted})")]
    for column in columns:
        if (table, column) in _OF_OTHERS:
            continue
        name = '"' + column.replace('"', '""') + '"'
        if connection.execute(f"select 1 from {quoted} where holds({name}) limit 1").fetchone():  # noqa: S608 (quoted as identifiers)
            return f"{table}.{column}"
    return None


def _holds(value: object, search: Search) -> bool:
    if isinstance(value, int):
        return value in search.ids
    if isinstance(value, bytes):
        return search.in_bytes(value)
    return isinstance(value, str) and search.in_text(value)

"""Reads a SQLite database that lies anywhere: in place where it is a file, otherwise from a copy that is deleted behind the reading."""

from __future__ import annotations

import io
import shutil
import sqlite3
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from typing import Any, BinaryIO
from urllib.parse import quote

from wrapped_assets.contracts.source import Batch, Head
from wrapped_assets.sources.batches import batches_of
from wrapped_assets.sources.rows import Row
from wrapped_assets.sources.streams import CHUNK_BYTES, Opener
from wrapped_assets.sources.times import Instant

BATCH = 10_000


def table_names(opener: Opener) -> tuple[str, ...] | None:
    """The tables of a database, views apart; None where it is damaged."""
    try:
        with opener() as stream, _opened(stream) as database:
            return tuple(name for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name"))
    except (sqlite3.Error, OSError):
        return None


def has_tables(*names: str) -> Callable[[Head], bool]:
    """A recogniser of databases with some tables."""
    return lambda head: set(names) <= set(head.table_names)


def reader(query: str, row_from: Callable[[int, dict[str, Any]], Row], instant: Instant) -> Callable[[BinaryIO, Head], Iterator[Batch]]:
    """Reads the plays that a query selects, in its order."""

    def read(stream: BinaryIO, _head: Head) -> Iterator[Batch]:
        found = rows(stream, query)
        return batches_of((row if isinstance(row, Row) else row_from(number, row) for number, row in found), instant)

    return read


def rows(stream: BinaryIO, query: str) -> Iterator[tuple[int, dict[str, Any] | Row]]:
    """The numbered rows of a query by column; a rejected row where damage ends them."""
    number = 0
    with _opened(stream) as database:
        try:
            cursor = database.execute(query)
            names = [column[0] for column in cursor.description]
            while found := cursor.fetchmany(BATCH):
                for values in found:
                    yield number, dict(zip(names, values, strict=True))
                    number += 1
        except sqlite3.Error:
            yield number, Row(number, reason="unreadable_row", unread_bytes=1)


@contextmanager
def _opened(stream: BinaryIO) -> Iterator[sqlite3.Connection]:
    raw = getattr(stream, "raw", None)
    if isinstance(raw, io.FileIO) and isinstance(raw.name, str):
        with closing(_connection(raw.name)) as database:
            yield database
        return
    with tempfile.NamedTemporaryFile(suffix=".sqlite") as copy:
        shutil.copyfileobj(stream, copy, CHUNK_BYTES)
        copy.flush()
        with closing(_connection(copy.name)) as database:
            yield database


def _connection(path: str) -> sqlite3.Connection:
    """Reads only, and runs no function that a hostile schema names."""
    database = sqlite3.connect(f"file:{quote(path)}?mode=ro&immutable=1", uri=True)
    database.execute("PRAGMA trusted_schema = OFF")
    database.text_factory = lambda raw: raw.decode("utf-8", "backslashreplace")
    return database

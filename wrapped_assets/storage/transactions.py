"""Transactions: one state of all tables to read from, and one writer at a time where reading and writing must agree."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from wrapped_assets.storage.later import sa, tables


@contextmanager
def snapshot(engine: sa.Engine, within: sa.Connection | None = None) -> Iterator[sa.Connection]:
    """A connection whose queries all see the same state, whatever others commit meanwhile; `within` itself where it is given."""
    if within is not None:
        yield within
        return
    with engine.connect() as connection:
        if connection.dialect.name == "sqlite":
            connection.exec_driver_sql("begin")  # Python's driver would begin at the first write only
            yield connection
        else:
            yield connection.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)


@contextmanager
def exclusive(engine: sa.Engine, within: sa.Connection | None = None) -> Iterator[sa.Connection]:
    """A connection that commits at the end; until then nobody else changes what builds read or record.

    What it reads therefore still holds when it commits. Keep it short: everybody who writes waits. `within` an exclusive connection it is
    part of that one.
    """
    if within is not None:
        yield within
        return
    with engine.connect() as connection:
        if connection.dialect.name == "sqlite":
            connection.exec_driver_sql("begin immediate")
        else:
            names = ", ".join(table.name for table in (*tables.OUTSIDE, tables.cells))
            connection.exec_driver_sql(f"lock table {names} in share row exclusive mode")
        yield connection
        connection.commit()


def state_of(connection: sa.Connection) -> tuple[object, int, int] | None:
    """Two equal states, asked for in transactions of one engine, mean that nothing in the database changed in between; None: unknown.

    SQLite counts, for each connection, what the others committed and what it changed itself. PostgreSQL counts nothing of the kind.
    """
    if connection.dialect.name != "sqlite":
        return None
    driver = connection.connection.dbapi_connection
    assert isinstance(driver, sqlite3.Connection)
    return driver, connection.exec_driver_sql("pragma data_version").scalar_one(), driver.total_changes

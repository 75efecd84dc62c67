"""Opens the relational database and migrates its schema."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from wrapped_assets.contracts.errors import InputError, WrappedError
from wrapped_assets.storage.later import sa
from wrapped_assets.storage.new_registry import statements
from wrapped_assets.storage.sqlite_place import address_of, is_read_only
from wrapped_assets.storage.unavailable import watch

if TYPE_CHECKING:
    import psycopg

HEAD = "0020"  # the newest revision; checked against the folder by a test
SECONDS_TO_WAIT = 30  # for another process that holds a SQLite file
LOCK = 7_246_158  # of no meaning; the same in every version


def engine_for(url: str) -> sa.Engine:
    """An engine for SQLite (WAL, waits for locks, deletes securely) or PostgreSQL (psycopg 3).

    A SQLite file that this process may not write is opened for reading only. InputError for an address of anything else,
    RegistryUnavailable where the world is at fault.
    """
    address = _address(url)
    is_local = address.get_backend_name() == "sqlite"
    file = Path(address.database) if is_local and address.database else None
    engine = sa.create_engine(
        address_of(file) if file else address,
        hide_parameters=True,  # errors name nobody
        pool_pre_ping=not is_local,
        pool_use_lifo=file is not None,  # the connection used last: it knows whether anything has changed since (`transactions.state_of`)
    )
    watch(engine)
    if file and is_read_only(file):

        @sa.event.listens_for(engine, "connect")
        def _reading(connection: sqlite3.Connection, _record: object) -> None:
            connection.execute("pragma query_only=on")  # a copy of the file could be written, for nothing

    elif is_local:

        @sa.event.listens_for(engine, "connect")
        def _pragmas(connection: sqlite3.Connection, _record: object) -> None:
            prepare(connection)

    else:

        @sa.event.listens_for(engine, "connect")
        def _texts(connection: psycopg.Connection, _record: object) -> None:
            _take_any_text(connection)

    return engine


def _address(url: str) -> sa.URL:
    """The address in parts; `postgres://` is what several hosts call PostgreSQL's."""
    kind, _, rest = url.strip().partition("://")
    driver = {"postgresql": "postgresql+psycopg", "postgres": "postgresql+psycopg"}.get(kind, kind)
    if driver in ("postgresql+psycopg", "sqlite"):
        with suppress(sa.exc.ArgumentError, ValueError):  # what they say holds the password
            return sa.make_url(f"{driver}://{rest}")
    raise InputError("expected WRAPPED_REGISTRY_URL as postgresql://USER:PASSWORD@HOST:PORT/DATABASE, got something else") from None


def prepare(connection: sqlite3.Connection) -> None:
    """Makes a connection to a SQLite file ready to write: it waits for locks, keeps a write-ahead log and deletes securely."""
    for pragma in (f"busy_timeout={SECONDS_TO_WAIT * 1000}", "synchronous=normal", "foreign_keys=on", "secure_delete=on"):
        connection.execute(f"pragma {pragma}")
    _keep_a_journal(connection)


def _take_any_text(connection: psycopg.Connection) -> None:
    """Lets texts of exports and requests go to PostgreSQL, which refuses NUL: each is replaced by the mark for what no character says."""
    from psycopg.types import string

    for known in (string.StrDumper, string.StrDumperVarchar, string.StrDumperUnknown):  # the last one is the default
        dump = known.dump
        without_nul = type(known.__name__, (known,), {"dump": lambda self, text, dump=dump: dump(self, text.replace("\0", "\ufffd"))})
        connection.adapters.register_dumper(str, without_nul)


def _keep_a_journal(connection: sqlite3.Connection) -> None:
    """Write-ahead logging. SQLite does not wait where another process is just turning it on for the same new file; so we do."""
    for pause in (*[0.02] * 100, *[0.2] * 140):
        try:
            connection.execute("pragma journal_mode=wal")
            return
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode != sqlite3.SQLITE_BUSY:
                raise
            time.sleep(pause)
    connection.execute("pragma journal_mode=wal")


def migrate(engine: sa.Engine) -> None:
    """Brings the schema to HEAD; does nothing where it is there. Raises where it is newer than this program."""
    if (current := current_revision(engine)) is None and engine.dialect.name == "sqlite":
        _make(engine)
        current = current_revision(engine)
    if current != HEAD:
        upgrade(engine)


def make_file(file: Path, note: str) -> None:
    """Makes a new SQLite registry with the standard library alone; `note` says whose it is (`identity.note_of`).

    sqlite3.Error where it cannot.
    """
    with closing(sqlite3.connect(file, timeout=SECONDS_TO_WAIT, isolation_level=None)) as connection:
        prepare(connection)
        connection.execute("begin immediate")
        if _make_tables(connection.execute):
            connection.execute("insert into settings (name, value) values ('root', ?)", (note,))
        connection.execute("commit")


def _make(engine: sa.Engine) -> None:
    """Makes the tables of a new SQLite registry without Alembic, whose import takes a third of a second."""
    with engine.connect() as connection:
        connection.exec_driver_sql("begin immediate")  # of two processes that open a new root at once, one makes them
        _make_tables(connection.exec_driver_sql)
        connection.commit()


def _make_tables(execute: Callable[[str], Any]) -> bool:
    """Makes the tables where there are none; whether it did."""
    is_empty = not execute("select count(*) from sqlite_master").fetchone()[0]
    for statement in statements() if is_empty else ():
        execute(statement)
    return is_empty


def upgrade(engine: sa.Engine) -> None:
    """Runs the migrations that the schema lacks. WrappedError where it is newer than this program."""
    from alembic import command  # a third of a second that only a migration needs
    from alembic.config import Config
    from alembic.script import ScriptDirectory

    current = current_revision(engine)
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    script = ScriptDirectory.from_config(config)
    if current is not None and current not in {revision.revision for revision in script.walk_revisions()}:
        raise WrappedError(
            f"the registry has schema {current}, newer than this program's {HEAD}: it was written by a later version. Update this program."
        )
    with engine.connect() as connection:
        # Two processes that open a new root at once must not both create the tables.
        connection.exec_driver_sql("begin immediate" if engine.dialect.name == "sqlite" else f"select pg_advisory_xact_lock({LOCK})")
        config.attributes["connection"] = connection
        command.upgrade(config, HEAD)
        connection.commit()


def insert_new(connection: sa.Connection, table: sa.Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """Inserts the rows whose key is not there yet: another process may be inserting the same ones."""
    if not rows:
        return
    statement = _unless_there(connection, table)
    if connection.dialect.name != "sqlite":  # many rows a statement, so that the trigger that counts a generation up does so once for them
        statement = statement.returning(next(iter(table.primary_key)))
    connection.execute(statement, list(rows))


def claim(connection: sa.Connection, table: sa.Table, row: Mapping[str, Any]) -> bool:
    """Inserts a row and tells whether its key was free. Of two processes, the second waits for the first one's transaction."""
    key = next(iter(table.primary_key))  # asked for in return, because PostgreSQL's driver does not count such insertions
    return connection.execute(_unless_there(connection, table).returning(key), row).one_or_none() is not None


def _unless_there(connection: sa.Connection, table: sa.Table) -> Any:
    return insertion(connection.dialect.name, table).on_conflict_do_nothing()


def insertion(dialect: str, table: sa.Table) -> Any:
    """An insertion in a database's dialect, which says what to do with keys that are there. Imports that dialect only."""
    if dialect == "sqlite":
        from sqlalchemy.dialects import sqlite

        return sqlite.insert(table)
    from sqlalchemy.dialects import postgresql

    return postgresql.insert(table)


def empty_journal(engine: sa.Engine) -> None:
    """Empties SQLite's journal, which still holds what was deleted; PostgreSQL's is the operator's."""
    if engine.dialect.name == "sqlite":
        with engine.connect() as connection:
            connection.execute(sa.text("pragma wal_checkpoint(truncate)"))


def is_sound(engine: sa.Engine) -> bool:
    """What SQLite says of its own pages and indices. PostgreSQL is asked for its data checksums by its operator, not here."""
    if engine.dialect.name != "sqlite":
        return True
    with engine.connect() as connection:
        try:
            return connection.exec_driver_sql("pragma integrity_check(1)").scalar() == "ok"
        except sa.exc.DatabaseError:
            return False


def current_revision(engine: sa.Engine) -> str | None:
    """The schema's revision, or None where there is none yet."""
    if not sa.inspect(engine).has_table("alembic_version"):
        return None
    with engine.connect() as connection:
        return connection.execute(sa.text("select version_num from alembic_version")).scalar()

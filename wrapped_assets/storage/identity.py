"""Binds a registry to its data root, so that two roots never share one."""

from __future__ import annotations

import json
import secrets
import sqlite3
from collections.abc import Callable, Sequence
from contextlib import closing, suppress
from pathlib import Path

from wrapped_assets.contracts.errors import RegistryUnavailable, WrappedError
from wrapped_assets.kernels.versions import combined
from wrapped_assets.storage.database import SECONDS_TO_WAIT, insert_new
from wrapped_assets.storage.later import sa, tables
from wrapped_assets.storage.sqlite_place import how_to_open

_SETTING, _NUMBER = "root", "registry"


def check_identity(engine: sa.Engine, url: str, folder: Path, key: bytes, settings_file: str, *, is_shared: bool = False) -> None:
    """Notes in a new registry whose it is. WrappedError where it belongs to another root, or to a copy of this one.

    A root is told by its key: without it the listeners' ids mean nothing. A root that was moved or restored keeps its registry. Where
    the registry lies elsewhere, and the place that it knows still holds a root with this key, there are two roots; unless it `is_shared`:
    then the folders are machines of one root, whose files lie in a store.
    """
    table, mine, here = tables.settings, combined("root", key), str(folder.resolve())
    query = sa.select(table.c.value).where(table.c.name == _SETTING)
    with engine.connect() as connection:
        text = connection.execute(query).scalar()
    if text is None:
        with suppress(sa.exc.DBAPIError, RegistryUnavailable), engine.begin() as connection:  # a root that is read only stays as it is
            insert_new(connection, table, [{"name": _SETTING, "value": note_of(key, folder)}])
        with engine.connect() as connection:
            text = connection.execute(query).scalar()
    known = json.loads(text) if text else {"root": mine, "path": here}
    if known["root"] != mine:
        raise WrappedError(
            f"this registry belongs to another data root ({known['path']}): each root needs a registry of its own. Put back the registry "
            "of this root from a backup, or have WRAPPED_REGISTRY_URL name it"
        )
    if is_shared or known["path"] == here or _lies_in(url, folder):
        return
    if _key_of(Path(known["path"]) / settings_file) == key.hex():
        raise WrappedError(
            f"this registry is in use by the data root at {known['path']}, of which this is a copy: open that one, or give the copy a "
            "registry of its own with WRAPPED_REGISTRY_URL"
        )
    with suppress(sa.exc.DBAPIError, RegistryUnavailable), engine.begin() as connection:
        moved = sa.update(table).where(table.c.name == _SETTING)
        connection.execute(moved.values(value=note_of(key, folder)))


def note_of(key: bytes, folder: Path) -> str:
    """What a registry notes of its root."""
    return json.dumps({"root": combined("root", key), "path": str(folder.resolve())})


def is_of(text: str, file: Path, folder: Path, key: bytes) -> bool:
    """Whether what a registry's file notes says that it is this root's, at this place or copied with it: nothing is to be noted."""
    known, here = json.loads(text), folder.resolve()
    return known["root"] == combined("root", key) and (known["path"] == str(here) or file.resolve().is_relative_to(here))


def _lies_in(url: str, folder: Path) -> bool:
    """Whether the registry is a file of the root, and is copied with it."""
    address = sa.make_url(url)
    file = address.database if address.get_backend_name() == "sqlite" else None
    return file is not None and Path(file).resolve().is_relative_to(folder.resolve())


def _key_of(path: Path) -> str | None:
    try:
        return str(json.loads(path.read_text())["key"])
    except (OSError, ValueError, KeyError, TypeError):
        return None


def number_of(engine: sa.Engine, *, is_new: bool = False) -> str:
    """A registry's own number, which its copies have too; a new one where it has none, or where it takes a store over."""
    table = tables.settings
    with engine.connect() as connection:
        number = None if is_new else _number(connection)
    if number is None:
        with engine.begin() as connection:
            if is_new:
                connection.execute(sa.delete(table).where(table.c.name == _NUMBER))
            insert_new(connection, table, [{"name": _NUMBER, "value": secrets.token_hex(16)}])
            number = str(_number(connection))
    return number


def check_number(connection: sa.Connection, number: str) -> None:
    """RegistryUnavailable where the registry has another number than this process began with: its store was taken over meanwhile.

    In a transaction that goes on to write, nothing can come between.
    """
    if _number(connection) != number:
        raise RegistryUnavailable(
            "the store of this data root was taken over (`wrapped repair --take-store`) since this command began, so it recorded nothing "
            "more: run it again",
            may_pass=False,
        )


def _number(connection: sa.Connection) -> str | None:
    table = tables.settings
    return connection.execute(sa.select(table.c.value).where(table.c.name == _NUMBER)).scalar()


def mark_of(engine: sa.Engine, file: Path | None, number: str) -> str:
    """A registry's number, and where it is: which file of which file system, or which database of which server.

    A copy of a file is another file, also one at the same path; a database that was restored from a dump is another server's, or another
    database.
    """
    if engine.dialect.name == "sqlite":
        return combined(number, str(file.stat().st_ino) if file is not None else "")
    with engine.connect() as connection:
        database = "select datname || '/' || oid from pg_database where datname = current_database()"
        name = str(connection.exec_driver_sql(database).scalar_one())
        with suppress(sa.exc.DBAPIError):  # some hosts forbid it
            name += str(connection.exec_driver_sql("select system_identifier from pg_control_system()").scalar_one())
    return combined(number, name)


def check_place(file: Path | None, engine: Callable[[], sa.Engine]) -> None:
    """WrappedError where the registry names a store: what a process did that does not know of the move would be lost, or stay.

    A SQLite file is asked without SQLAlchemy, which an import does not load.
    """
    lakes = _lakes_in(file) if file else None
    if lakes is None:
        with engine().connect() as connection:
            table = tables.settings
            lakes = connection.execute(sa.select(table.c.value).where(table.c.name == "lake")).all()
    for (moved,) in lakes:
        raise WrappedError(
            f"this data root was moved into {moved} meanwhile: run the command again. Where it says this once more, finish the move with "
            f"`wrapped relocate {moved}`"
        )


def _lakes_in(file: Path) -> Sequence[Sequence[str]] | None:
    """The store that a SQLite registry names, if any; None where the file does not answer."""
    if not file.exists():
        return []
    place, is_uri = how_to_open(file)
    try:
        with closing(sqlite3.connect(place, uri=is_uri, timeout=SECONDS_TO_WAIT)) as connection:
            return connection.execute("select value from settings where name = 'lake'").fetchall()
    except sqlite3.Error:
        return None

"""Reads the registry by plain SQL: a SQLite file with the standard library alone, everything else through SQLAlchemy.

Commands that change nothing begin here, and importing SQLAlchemy would take longer than all that they read. The quick way is taken only
where nothing stands in it: the schema is this program's, the registry is this root's and knows of every erasure. A file that is not there
yet is made. Anything else is left to `Root.engine`, which migrates, binds or refuses.
"""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Callable, Collection, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from wrapped_assets.storage.database import HEAD, SECONDS_TO_WAIT, make_file, prepare
from wrapped_assets.storage.identity import is_of, note_of
from wrapped_assets.storage.later import sa
from wrapped_assets.storage.sqlite_place import how_to_open
from wrapped_assets.storage.tombstone_files import read_tombstones
from wrapped_assets.storage.transactions import snapshot
from wrapped_assets.storage.unavailable import unavailable

if TYPE_CHECKING:
    from wrapped_assets.storage.root import Root

_LISTENERS_PER_QUERY = 5_000


@dataclass(frozen=True)
class Reader:
    """Answers queries of one state of the registry. A value stands in the query as `:name`, a list of values too: `in :name`.

    Lists of whole numbers are written into the query: thousands of parameters cost more than the query.
    """

    _execute: Callable[[str, dict[str, Any]], list[tuple[Any, ...]]]
    keeps_texts: bool  # SQLite has no type for an instant and none for yes and no

    def rows(self, query: str, **values: Any) -> list[tuple[Any, ...]]:
        """The rows. RegistryUnavailable where the world is at fault."""
        for name, value in values.copy().items():
            if isinstance(value, (list, tuple)):
                del values[name]
                if all(type(one) is int for one in value):
                    listed = ", ".join(map(str, value))
                else:
                    values |= {f"{name}_{place}": one for place, one in enumerate(value)}
                    listed = ", ".join(f":{name}_{place}" for place in range(len(value)))
                query = re.sub(rf":{name}\b", f"({listed or 'null'})", query)
        return self._execute(query, {name: self._given(value) for name, value in values.items()})

    def now(self) -> datetime:
        """The instant, by the server's clock where there is one: machines whose clocks are apart agree about what has run out."""
        if self.keeps_texts:
            return datetime.now(UTC)
        ((instant,),) = self._execute("select now()", {})
        return instant.astimezone(UTC)  # type: ignore[no-any-return]

    def rows_of(self, query: str, order: str, whom: Collection[int] | None) -> list[tuple[Any, ...]]:
        """The rows of a query without a condition, in an order that begins with listener_id: of some listeners, or of all."""
        if whom is None:
            return self.rows(f"{query} order by {order}")
        of_some = f"{query} where listener_id in :whom order by {order}"
        return [row for some in self.parts_of(whom) for row in self.rows(of_some, whom=some)]

    def parts_of(self, whom: Collection[int]) -> Iterator[list[int]]:
        """The listeners in order, as many at once as every database allows."""
        return batched(sorted(whom), _LISTENERS_PER_QUERY)

    def _given(self, value: Any) -> Any:
        return as_text(value) if self.keeps_texts and isinstance(value, datetime) else value


@contextmanager
def reading(root: Root, within: sa.Connection | Reader | None = None) -> Iterator[Reader]:
    """A reader whose queries all see the same state, whatever others commit meanwhile; that of `within` where it is given."""
    if isinstance(within, Reader):
        yield within
    elif within is None and (file := quick(root)) is not None:
        with closing(file):
            yield Reader(lambda query, values: executed(file, query, values), keeps_texts=True)
    else:
        with snapshot(root.engine, within) as connection:
            yield Reader(
                lambda query, values: asked_of(connection, query, values),
                keeps_texts=connection.dialect.name == "sqlite",
            )


def as_text(instant: datetime) -> str:
    """An instant as SQLite keeps it."""
    return instant.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S.%f")


def moment(value: str | datetime) -> datetime:
    """An instant as SQLAlchemy gives it: without an offset from SQLite, which keeps none."""
    return datetime.fromisoformat(value) if isinstance(value, str) else value


def utc_moment(value: str | datetime) -> datetime:
    """The same with its offset: the registry keeps instants in UTC."""
    found = moment(value)
    return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)


def document(value: Any) -> Any:
    """A JSON column."""
    return json.loads(value) if isinstance(value, (str, bytes)) else value


def batched(values: list[Any], size: int) -> Iterator[list[Any]]:
    """The values in parts: databases limit how many a query names."""
    return (values[start : start + size] for start in range(0, len(values), size))


def quick(root: Root, *, writes: bool = False) -> sqlite3.Connection | None:
    """The registry's file with a transaction begun, of the only writer with `writes`; None: ask `Root.engine`."""
    file = root.registry_file
    if file is None or root.is_replaying or root.is_unfinished or root.is_shared or "engine" in vars(root):
        return None
    connection = None
    try:
        if not file.exists():
            make_file(file, note_of(root.key, root.path))
        place, is_uri = how_to_open(file)
        connection = sqlite3.connect(place, uri=is_uri, timeout=SECONDS_TO_WAIT, isolation_level=None)
        if writes:
            prepare(connection)
        else:
            connection.execute("pragma query_only=on")
        connection.execute("begin immediate" if writes else "begin")
        if _is_ready(root, file, connection):
            return connection
    except (sqlite3.Error, OSError):
        pass
    if connection is not None:
        connection.close()
    return None


def _is_ready(root: Root, file: Path, connection: sqlite3.Connection) -> bool:
    if connection.execute("select version_num from alembic_version").fetchall() != [(HEAD,)]:
        return False
    settings = connection.execute("select value from settings where name = 'root'").fetchone()
    if settings is None or not is_of(settings[0], file, root.path, root.key):
        return False
    if not root.lake and connection.execute("select 1 from settings where name = 'lake'").fetchone():  # it was moved meanwhile
        return False
    known = {case_id for (case_id,) in connection.execute("select case_id from erasure_cases")}
    return all(each.case_id in known for each in read_tombstones(root.path))


def asked_of(connection: sa.Connection, query: str, values: dict[str, Any]) -> list[tuple[Any, ...]]:
    """The rows of a query. One without parameters is long, and the next one is another: SQLAlchemy need not parse and keep it."""
    rows = connection.execute(sa.text(query), values) if values else connection.exec_driver_sql(query)
    return [tuple(row) for row in rows] if rows.returns_rows else []


def executed(connection: sqlite3.Connection, query: str, values: dict[str, Any]) -> list[tuple[Any, ...]]:
    """The rows of a query. RegistryUnavailable where the world is at fault."""
    try:
        return connection.execute(query, values).fetchall()
    except sqlite3.Error as error:
        raise unavailable(error) or error from None


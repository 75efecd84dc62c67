"""Dagster's SQLite storage, below the data root, made for runs of many partitions.

Dagster opens a connection and a transaction for every event, several times: 18 ms each. Here connections stay open, and the
events of a batch share a transaction: about 1 ms. The tables and files are Dagster's own; its stock storage reads them as well.
"""

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import sqlalchemy as sa
from dagster import Field, StringSource
from dagster._core.events import ASSET_CHECK_EVENTS, ASSET_EVENTS, BATCH_WRITABLE_EVENTS
from dagster._core.events.log import EventLogEntry
from dagster._core.storage.event_log.sqlite.sqlite_event_log import INDEX_SHARD_NAME, SqliteEventLogStorage
from dagster._core.storage.sqlite_storage import DagsterSqliteStorage
from dagster._serdes import ConfigurableClassData
from sqlalchemy.pool import StaticPool

from wrapped_assets.orchestration.where import data_root, storage_folder

KEPT_OPEN = 4  # databases: the index, and those of the last runs
BUSY_SECONDS = 30


class BatchingEventLogStorage(SqliteEventLogStorage):
    """One transaction per database and batch; `_db_lock` sees to it that a connection is used once at a time."""

    def __init__(self, base_dir: str) -> None:
        self._engines: dict[str, sa.Engine] = {}
        super().__init__(base_dir)

    @contextmanager
    def _connect(self, shard: str) -> Iterator[sa.Connection]:
        with self._db_lock:
            engine = self._engine(shard)
            if shard not in self._initialized_dbs:
                self._initdb(engine)
                self._initialized_dbs.add(shard)
            with engine.connect() as connection, connection.begin():
                yield connection

    def _engine(self, shard: str) -> sa.Engine:
        """The open database of a shard; the one unused for longest is closed for it, and one whose file was removed is made anew."""
        engine = self._engines.pop(shard, None)
        if engine is not None and not Path(self.path_for_shard(shard)).exists():
            engine.dispose()
            self._initialized_dbs.discard(shard)
            engine = None
        if engine is None:
            engine = sa.create_engine(
                self.conn_string_for_shard(shard), poolclass=StaticPool, connect_args={"timeout": BUSY_SECONDS, "check_same_thread": False}
            )
            sa.event.listen(engine, "connect", _no_sync_per_commit)
        self._engines[shard] = engine
        for old in [name for name in self._engines if name != INDEX_SHARD_NAME][: -KEPT_OPEN + 1]:
            self._engines.pop(old).dispose()
        return engine

    def store_event_batch(self, events: Sequence[EventLogEntry]) -> None:
        """Stores events of one run together, where their types allow it; others one by one."""
        types = {event.dagster_event_type for event in events}
        if len(events) < 2 or not types <= BATCH_WRITABLE_EVENTS or len({event.run_id for event in events}) > 1:
            super().store_event_batch(events)
            return
        rows = [self.prepare_insert_event(event) for event in events]
        with self.run_connection(events[0].run_id) as connection:
            for row in rows:
                connection.execute(row)
        with self.index_connection() as connection:
            ids = [connection.execute(row).inserted_primary_key[0] for row in rows]
            told = [(event, number) for event, number in zip(events, ids, strict=True) if event.dagster_event_type in ASSET_EVENTS]
            self._store_asset_event_tags(connection, [event for event, _ in told], [number for _, number in told])
            for event, number in {event.get_dagster_event().asset_key: (event, number) for event, number in told}.values():
                self._store_asset_event(connection, event, number)
        for event, number in zip(events, ids, strict=True):
            if event.dagster_event_type in ASSET_CHECK_EVENTS:
                self.store_asset_check_event(event, number)

    def dispose(self) -> None:
        super().dispose()
        for engine in self._engines.values():
            engine.dispose()
        self._engines.clear()


def _no_sync_per_commit(connection: object, _record: object) -> None:
    """With a write-ahead log, a power cut may then cost the last events, never the database."""
    connection.execute("pragma synchronous=normal")  # type: ignore[attr-defined]


class Storage(DagsterSqliteStorage):
    """SQLite in `<data root>/dagster`, or in `base_dir`. Batches are on unless DAGSTER_EVENT_BATCH_SIZE says otherwise."""

    def __init__(self, base_dir: str, inst_data: ConfigurableClassData | None = None) -> None:
        super().__init__(base_dir, inst_data)
        os.environ.setdefault("DAGSTER_EVENT_BATCH_SIZE", "1000")
        self._event_log_storage = BatchingEventLogStorage(str(Path(base_dir) / "history" / "runs"))

    @classmethod
    def config_type(cls):
        return {"base_dir": Field(StringSource, is_required=False)}

    @classmethod
    def from_config_value(cls, inst_data: ConfigurableClassData | None, config_value: dict[str, str]) -> "Storage":
        folder = Path(config_value.get("base_dir") or storage_folder(data_root())).absolute()
        folder.mkdir(parents=True, exist_ok=True)
        return cls(str(folder), inst_data)

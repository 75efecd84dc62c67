"""Dagster's SQLite storage, below the data root, made for runs of many partitions.

Dagster keeps a database for every run and one for all assets, and opens each of them anew for every event: 18 ms an event, and 170 kB
for the shortest run. Here all events are rows of one database, `index.db`, whose connection stays open, and the events of a batch share a
transaction: about 1 ms. The tables are Dagster's own, and runs that have a database of their own from before are still read from it.
"""

import os
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from dagster import Field, StringSource
from dagster._core.events import ASSET_CHECK_EVENTS, ASSET_EVENTS
from dagster._core.events.log import EventLogEntry
from dagster._core.storage.base_storage import DagsterStorage
from dagster._core.storage.event_log.base import EventLogRecord, EventRecordsFilter
from dagster._core.storage.event_log.polling_event_watcher import SqlPollingEventWatcher
from dagster._core.storage.event_log.sql_event_log import SqlEventLogStorage
from dagster._core.storage.event_log.sqlite.sqlite_event_log import INDEX_SHARD_NAME, SqliteEventLogStorage
from dagster._core.storage.sqlite_storage import DagsterSqliteStorage
from dagster._serdes import ConfigurableClassData
from sqlalchemy.pool import StaticPool

from wrapped_assets.orchestration.rising import Rising
from wrapped_assets.orchestration.where import data_root, storage_folder

KEPT_OPEN = 4  # databases: that of all events, and those of old runs that were read last
BUSY_SECONDS = 30


class OneEventLogStorage(SqliteEventLogStorage):
    """All events in one database, each once; `_db_lock` sees to it that a connection is used once at a time."""

    def __init__(self, base_dir: str) -> None:
        self._engines: dict[str, sa.Engine] = {}
        self._rising = Rising()
        super().__init__(base_dir)
        self._watching = SqlPollingEventWatcher(self)  # a file's time says nothing while a connection stays open

    @property
    def is_run_sharded(self) -> bool:
        return False

    def run_connection(self, run_id: str | None = None) -> Any:
        """The database in which a run's events are: its own where an older version made one."""
        return self._connect(run_id if run_id and Path(self.path_for_shard(run_id)).exists() else INDEX_SHARD_NAME)

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

    def store_event(self, event: EventLogEntry) -> None:
        """Stores one event."""
        self.store_event_batch([event])

    def store_event_batch(self, events: Sequence[EventLogEntry]) -> None:
        """Stores events in their order, with times that rise from each to the next."""
        with self.index_connection() as connection:
            events = self._rising.of(connection, events)
            ids = [connection.execute(self.prepare_insert_event(event)).inserted_primary_key[0] for event in events]
            told = [(event, number) for event, number in zip(events, ids, strict=True) if _is_of_asset(event)]
            self._store_asset_event_tags(connection, [event for event, _ in told], [number for _, number in told])
            for event, number in {event.get_dagster_event().asset_key: (event, number) for event, number in told}.values():
                self._store_asset_event(connection, event, number)
        for event, number in zip(events, ids, strict=True):
            if event.dagster_event_type in ASSET_CHECK_EVENTS:
                self.store_asset_check_event(event, number)

    def get_event_records(
        self, event_records_filter: EventRecordsFilter, limit: int | None = None, ascending: bool = False
    ) -> Sequence[EventLogRecord]:
        """Events of all runs, which are in one database here."""
        return SqlEventLogStorage.get_event_records(self, event_records_filter, limit, ascending)

    def compact(self, remaining: Collection[str]) -> None:
        """Gives the room of removed events back to the file system, and removes what older versions made of runs that are gone."""
        for path in Path(self.path_for_shard(INDEX_SHARD_NAME)).parent.glob("*.db*"):  # a run's database, its log, its index of the log
            if (run_id := path.name.partition(".db")[0]) != INDEX_SHARD_NAME and run_id not in remaining:
                path.unlink(missing_ok=True)
        with self._db_lock, self._engine(INDEX_SHARD_NAME).connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            free, pages = (connection.exec_driver_sql(f"pragma {name}").scalar_one() for name in ("freelist_count", "page_count"))
            if free * 4 > pages:
                connection.exec_driver_sql("vacuum")
            connection.exec_driver_sql("pragma wal_checkpoint(truncate)")

    def watch(self, run_id: str, cursor: str | None, callback: Callable[..., Any]) -> None:
        """Calls back for each new event of a run."""
        self._watching.watch_run(run_id, cursor, callback)

    def end_watch(self, run_id: str, handler: Callable[..., Any]) -> None:
        """Ends what `watch` began."""
        self._watching.unwatch_run(run_id, handler)

    def dispose(self) -> None:
        self._watching.close()
        super().dispose()
        for engine in self._engines.values():
            engine.dispose()
        self._engines.clear()


def _is_of_asset(event: EventLogEntry) -> bool:
    return event.dagster_event_type in ASSET_EVENTS and event.get_dagster_event().asset_key is not None


def _no_sync_per_commit(connection: object, _record: object) -> None:
    """With a write-ahead log, a power cut may then cost the last events, never the database."""
    connection.execute("pragma synchronous=normal")  # type: ignore[attr-defined]


class Storage(DagsterSqliteStorage):
    """SQLite in `<data root>/dagster`, or in `base_dir`; or the PostgreSQL server of the registry.

    Batches are on unless DAGSTER_EVENT_BATCH_SIZE says otherwise.
    """

    def __init__(self, base_dir: str, inst_data: ConfigurableClassData | None = None) -> None:
        super().__init__(base_dir, inst_data)
        os.environ.setdefault("DAGSTER_EVENT_BATCH_SIZE", "1000")
        self._event_log_storage = OneEventLogStorage(str(Path(base_dir) / "history" / "runs"))

    @classmethod
    def config_type(cls):
        return {"base_dir": Field(StringSource, is_required=False)}

    @classmethod
    def from_config_value(cls, inst_data: ConfigurableClassData | None, config_value: dict[str, str]) -> DagsterStorage:
        if (address := os.environ.get("WRAPPED_REGISTRY_URL", "")).startswith("postgresql") and not config_value.get("base_dir"):
            from wrapped_assets.orchestration.postgres_storage import postgres_storage

            os.environ.setdefault("DAGSTER_EVENT_BATCH_SIZE", "1000")
            return postgres_storage(address, inst_data)
        folder = Path(config_value.get("base_dir") or storage_folder(data_root())).absolute()
        folder.mkdir(parents=True, exist_ok=True)
        return cls(str(folder), inst_data)

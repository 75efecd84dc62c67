"""Dagster's SQLite storage, below the data root, writing the events of many partitions in one transaction."""

import os
from collections.abc import Sequence
from pathlib import Path

from dagster import Field, StringSource
from dagster._core.events import ASSET_EVENTS, BATCH_WRITABLE_EVENTS
from dagster._core.events.log import EventLogEntry
from dagster._core.storage.event_log.sqlite.sqlite_event_log import SqliteEventLogStorage
from dagster._core.storage.sqlite_storage import DagsterSqliteStorage
from dagster._serdes import ConfigurableClassData

from wrapped_assets.orchestration.where import data_root, storage_folder

BATCHED = BATCH_WRITABLE_EVENTS & ASSET_EVENTS


class BatchingEventLogStorage(SqliteEventLogStorage):
    """One transaction per shard and batch instead of three per event: about 1 ms a partition instead of 18."""

    def store_event_batch(self, events: Sequence[EventLogEntry]) -> None:
        """Stores events of one run and type together; others one by one."""
        types = {event.dagster_event_type for event in events}
        if len(events) < 2 or len(types) > 1 or not types <= BATCHED or len({event.run_id for event in events}) > 1:
            super().store_event_batch(events)
            return
        rows = [self.prepare_insert_event(event) for event in events]
        with self.run_connection(events[0].run_id) as connection:
            for row in rows:
                connection.execute(row)
        with self.index_connection() as connection:
            ids = [connection.execute(row).inserted_primary_key[0] for row in rows]
            self._store_asset_event_tags(connection, events, ids)
            newest = {event.get_dagster_event().asset_key: (event, number) for event, number in zip(events, ids, strict=True)}
            for event, number in newest.values():
                self._store_asset_event(connection, event, number)


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

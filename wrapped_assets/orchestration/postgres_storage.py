"""Dagster's storage beside the registry, where WRAPPED_REGISTRY_URL names a PostgreSQL server: its tables are in the schema `dagster`."""

from collections.abc import Sequence

import sqlalchemy as sa
from dagster._core.events.log import EventLogEntry
from dagster._serdes import ConfigurableClassData
from dagster_postgres import DagsterPostgresStorage
from dagster_postgres.event_log import PostgresEventLogStorage

from wrapped_assets.orchestration.rising import Rising

SCHEMA = "dagster"
LOCK = 7_246_159  # of no meaning; the same in every version


class RisingEventLogStorage(PostgresEventLogStorage):
    """Events whose times rise, as the UI needs them."""

    def __init__(self, postgres_url: str) -> None:
        self._rising = Rising()
        super().__init__(postgres_url)

    def store_event(self, event: EventLogEntry) -> None:
        """Stores one event."""
        super().store_event(self._after_the_last([event])[0])

    def store_event_batch(self, events: Sequence[EventLogEntry]) -> None:
        """Stores events in their order."""
        super().store_event_batch(self._after_the_last(events))

    def _after_the_last(self, events: Sequence[EventLogEntry]) -> list[EventLogEntry]:
        with self.index_connection() as connection:
            return self._rising.of(connection, events)


def postgres_storage(address: str, inst_data: ConfigurableClassData | None) -> DagsterPostgresStorage:
    """The storage in the database of the registry; makes its schema where there is none."""
    url = sa.make_url(address).set(drivername="postgresql+psycopg2")  # dagster-postgres speaks to no other driver
    engine = sa.create_engine(url, hide_parameters=True)
    with engine.begin() as connection:  # two processes that start at once must not both make it
        connection.exec_driver_sql(f"select pg_advisory_xact_lock({LOCK})")
        connection.exec_driver_sql(f"create schema if not exists {SCHEMA}")
    engine.dispose()
    within = url.update_query_dict({"options": f"-csearch_path={SCHEMA}"}).render_as_string(hide_password=False)
    storage = DagsterPostgresStorage(within, inst_data=inst_data)
    storage._event_log_storage = RisingEventLogStorage(within)
    return storage

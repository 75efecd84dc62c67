"""Times of events that rise: the UI shows one event of several that have the same millisecond."""

from collections.abc import Sequence
from datetime import UTC

import sqlalchemy as sa
from dagster._core.events.log import EventLogEntry
from dagster._core.storage.event_log.schema import SqlEventLogStorageTable

APART_SECONDS = 0.001


class Rising:
    """Knows the time of the last event that this process stored."""

    def __init__(self) -> None:
        self._newest = 0.0

    def of(self, connection: sa.Connection, events: Sequence[EventLogEntry]) -> list[EventLogEntry]:
        """The events, each at least a millisecond after the one before, whichever process stored that."""
        table = SqlEventLogStorageTable.c
        stored = connection.execute(sa.select(table.timestamp).order_by(table.id.desc()).limit(1)).scalar()
        newest = max(self._newest, stored.replace(tzinfo=UTC).timestamp() if stored else 0.0)
        found = []
        for event in events:
            newest = max(event.timestamp, newest + APART_SECONDS)
            found.append(event._replace(timestamp=newest))
        self._newest = newest
        return found

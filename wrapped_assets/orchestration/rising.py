"""Times of events that rise: the UI shows one event of several that have the same millisecond."""

from collections.abc import Sequence
from datetime import UTC

import sqlalchemy as sa
from dagster._core.events.log import EventLogEntry
from dagster._core.storage.event_log.schema import SqlEventLogStorageTable

WITHIN = 0.25  # of a millisecond: whoever cuts a time to milliseconds, and whoever rounds it, gets the same one


class Rising:
    """Knows the time of the last event that this process stored."""

    def __init__(self) -> None:
        self._newest = 0  # in milliseconds

    def of(self, connection: sa.Connection, events: Sequence[EventLogEntry]) -> list[EventLogEntry]:
        """The events, each in a later millisecond than the one before, whichever process stored that."""
        table = SqlEventLogStorageTable.c
        stored = connection.execute(sa.select(table.timestamp).order_by(table.id.desc()).limit(1)).scalar()
        newest = max(self._newest, int(stored.replace(tzinfo=UTC).timestamp() * 1000) if stored else 0)
        found = []
        for event in events:
            newest = max(int(event.timestamp * 1000), newest + 1)
            found.append(event._replace(timestamp=(newest + WITHIN) / 1000))
        self._newest = newest
        return found

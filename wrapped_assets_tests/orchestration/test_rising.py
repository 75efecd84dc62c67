"""Times of events rise by whole milliseconds, however they are read."""

from __future__ import annotations

import logging
from datetime import UTC, datetime

import sqlalchemy as sa
from dagster._core.events.log import EventLogEntry
from dagster._core.storage.event_log.schema import SqlEventLogStorageTable
from hypothesis import given
from hypothesis import strategies as st

from wrapped_assets.orchestration.rising import Rising

NOON = 1_795_757_354.0
# Halves of a millisecond are rounded to the even one: 1.5 and 2.5 are both 2.
TIMES = st.lists(st.integers(0, 40).map(lambda halves: NOON + halves / 2000), min_size=2, max_size=20)


@given(TIMES, st.integers(1, 19))
def test_no_two_events_have_the_same_millisecond_cut_or_rounded_whichever_process_stored_them(times: list[float], first: int) -> None:
    entries = [EventLogEntry(None, logging.INFO, "", "run", at, job_name="job") for at in times]
    stored: list[float] = []
    with sa.create_engine("sqlite://").begin() as connection:
        SqlEventLogStorageTable.create(connection)
        for part in (entries[:first], entries[first:]):  # each of a process of its own
            for entry in Rising().of(connection, part):
                at = datetime.fromtimestamp(entry.timestamp, UTC).replace(tzinfo=None)
                connection.execute(sa.insert(SqlEventLogStorageTable).values(run_id="run", event="", timestamp=at))
                stored.append(entry.timestamp)
    for read in (lambda at: int(at * 1000), lambda at: round(at * 1000)):
        assert [read(at) for at in stored] == sorted({read(at) for at in stored})


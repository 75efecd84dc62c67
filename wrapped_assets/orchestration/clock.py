"""A clock that was ahead and was set back: Dagster would evaluate no schedule and no sensor until it is as late again as it once was."""

from datetime import UTC, datetime, timedelta
from typing import Any

import dagster as dg
import sqlalchemy as sa
from dagster._core.storage.schedules.schema import JobTickTable
from dagster._core.storage.schedules.sql_schedule_storage import SqlScheduleStorage

AHEAD = timedelta(minutes=1)
TIMES = (
    "last_tick_timestamp", "last_tick_start_timestamp", "last_tick_success_timestamp", "last_sensor_start_timestamp", "start_timestamp",
    "last_iteration_timestamp",
)  # fmt: skip


def forget_the_future(instance: dg.DagsterInstance, now: datetime) -> int:
    """Removes ticks that are ahead of the clock, and sets what schedules and sensors know of their last tick to just now; returns how many.

    Nobody may be evaluating them meanwhile.
    """
    storage = instance.schedule_storage
    if not isinstance(storage, SqlScheduleStorage):  # an instance that keeps nothing
        return 0
    with storage.connect() as connection:
        late = (now + AHEAD).astimezone(UTC).replace(tzinfo=None)
        connection.execute(sa.delete(JobTickTable).where(JobTickTable.c.timestamp > late))
    count = 0
    for state in instance.all_instigator_state():
        data: Any = state.instigator_data
        ahead = {name: (now - AHEAD).timestamp() for name in TIMES if (getattr(data, name, None) or 0) > (now + AHEAD).timestamp()}
        if ahead:
            instance.update_instigator_state(state.with_data(data._replace(**ahead)))
            count += 1
    return count

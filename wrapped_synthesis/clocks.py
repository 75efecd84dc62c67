"""When people listen: days of the year and times of the day, as tables."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

import numpy as np

from wrapped_synthesis import tables
from wrapped_synthesis.chance import mixed
from wrapped_synthesis.places import DAY_MS, HOUR_MS, Offsets, to_utc_ms

# Weight of each hour from midnight. Commuter, office worker, evening person, night owl.
_WEEKDAY_HOURS = (
    (1, 0, 0, 0, 0, 1, 6, 14, 12, 4, 2, 2, 4, 2, 2, 3, 8, 13, 10, 6, 5, 5, 4, 2),
    (1, 0, 0, 0, 0, 0, 1, 3, 9, 12, 12, 9, 5, 9, 11, 10, 8, 5, 4, 3, 3, 3, 2, 1),
    (2, 1, 0, 0, 0, 0, 1, 3, 3, 2, 2, 2, 3, 2, 2, 3, 4, 6, 9, 12, 14, 13, 10, 6),
    (14, 13, 11, 8, 4, 1, 0, 0, 1, 1, 1, 2, 3, 4, 4, 4, 5, 5, 5, 6, 7, 9, 11, 13),
)
_WEEKEND_HOURS = (
    (2, 1, 0, 0, 0, 0, 1, 2, 4, 7, 9, 9, 8, 7, 7, 7, 7, 7, 7, 7, 7, 7, 6, 4),
    (3, 2, 1, 0, 0, 0, 0, 1, 3, 6, 8, 8, 7, 6, 6, 6, 6, 7, 8, 9, 9, 9, 8, 6),
    (6, 4, 2, 1, 0, 0, 0, 1, 3, 6, 8, 8, 7, 6, 6, 6, 7, 8, 9, 11, 12, 12, 11, 9),
    (15, 15, 14, 11, 8, 4, 1, 0, 0, 1, 2, 3, 4, 5, 5, 5, 6, 6, 7, 8, 9, 11, 12, 14),
)
_WEEKDAYS = (100, 102, 104, 106, 118, 96, 84)  # Monday first


@dataclass(frozen=True)
class Clocks:
    """Tables for all years asked for; a day is counted from 1 January."""

    first_ms: np.ndarray  # per year, 1970 based: the year's first instant in UTC
    length_days: np.ndarray
    day: np.ndarray  # year × hemisphere × draw
    weekday: np.ndarray  # year × day, Monday = 0
    month: np.ndarray  # year × day, January = 0
    time_ms: np.ndarray  # weekend × clock × draw
    offsets: Offsets


def clocks(years: Sequence[int], offsets: Offsets) -> Clocks:
    """The tables of `years`."""
    starts = [date(year, 1, 1) for year in years]
    lengths = [(date(year + 1, 1, 1) - date(year, 1, 1)).days for year in years]
    days = [
        [start + timedelta(days=min(number, length - 1)) for number in range(366)] for start, length in zip(starts, lengths, strict=True)
    ]
    return Clocks(
        first_ms=np.array([int(datetime(year, 1, 1, tzinfo=UTC).timestamp()) * 1000 for year in years]),
        length_days=np.array(lengths),
        day=np.stack(
            [
                np.stack([_day_table(year[:length], southern) for southern in (False, True)])
                for year, length in zip(days, lengths, strict=True)
            ]
        ),
        weekday=np.array([[day.weekday() for day in year] for year in days], dtype=np.int8),
        month=np.array([[day.month - 1 for day in year] for year in days], dtype=np.int8),
        time_ms=np.stack([np.stack([_time_table(hours) for hours in kind]) for kind in (_WEEKDAY_HOURS, _WEEKEND_HOURS)]),
        offsets=offsets,
    )


def _day_table(days: Sequence[date], is_southern: bool) -> np.ndarray:
    """More in summer and towards the weekend, and most before the holidays of December."""
    weights = []
    for day in days:
        from_july = math.cos(2 * math.pi * (day.timetuple().tm_yday - 196) / 365)
        season = 1 + 0.14 * (-from_july if is_southern else from_july)
        weights.append(_WEEKDAYS[day.weekday()] * season * (1.15 if day.month == 12 and day.day > 8 else 1.0))
    return tables.from_weights(weights, np.int16)


def _time_table(hours: Sequence[int]) -> np.ndarray:
    """Milliseconds since midnight, evenly within each hour."""
    hour = tables.from_weights(hours, np.int64)
    first = np.searchsorted(hour, np.arange(24))
    size = np.maximum(1, np.searchsorted(hour, np.arange(24), side="right") - first)
    return (hour * HOUR_MS + (np.arange(len(hour)) - first[hour]) * HOUR_MS // size[hour]).astype(np.int32)


def session_starts_ms(
    clock: Clocks, year: np.ndarray, person: np.ndarray, place: np.ndarray, habit: np.ndarray, is_southern: np.ndarray, drawn: np.ndarray
) -> np.ndarray:
    """Milliseconds from the year's first instant in UTC to where each session means to start.

    Made on the listener's own clock and converted; a time that falls into the neighbouring UTC year moves by one year.
    `drawn` has three rows: day, time, and what spreads equal times apart.
    """
    length = clock.length_days[year]
    day = clock.day[year, is_southern, drawn[0]].astype(np.int64)
    # One week in nine is silent: its sessions fall into a later week instead.
    week = mixed(person.astype(np.uint64) * np.uint64(4_096) + (year * 64 + day // 7).astype(np.uint64), 11)
    day = np.where(week % np.uint64(9) == 0, day + 7 * (1 + (week >> np.uint64(8) & np.uint64(3)).astype(np.int64)), day) % length
    is_weekend = (clock.weekday[year, day] >= 5).astype(np.int8)
    local = clock.first_ms[year] + day * DAY_MS + clock.time_ms[is_weekend, habit, drawn[1]] + drawn[2].astype(np.int64)
    return (to_utc_ms(local, place, clock.offsets) - clock.first_ms[year]) % (length * DAY_MS)

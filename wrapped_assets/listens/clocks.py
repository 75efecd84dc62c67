"""What clocks show: the UTC offsets of time zones in a month, with daylight saving time."""

from __future__ import annotations

import zoneinfo
from datetime import UTC, datetime, timedelta
from functools import cache

from wrapped_assets.vocabulary.periods import Month

zoneinfo.reset_tzpath(to=())  # use the pinned tzdata package, not the machine's time zones

MOST_CHANGES = 2  # Morocco leaves and re-enters summer time within one month; no zone does more
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_SECOND, _MILLISECOND = timedelta(seconds=1), timedelta(milliseconds=1)
SHORTEST = timedelta(days=6)  # no zone changes its offset twice within this time: a law over the pinned tzdata
EDGE = timedelta(hours=72)  # local midnight is up to 14 hours from UTC's, and two records of one playback are up to a day apart


@cache
def offset_changes(time_zone: str, month: Month) -> tuple[int, tuple[tuple[int, int], ...]]:
    """Returns the offset at the padded month's start, and its changes as (epoch ms, difference); all in ms."""
    zone = zoneinfo.ZoneInfo(time_zone)
    start, end = _padded(month)
    changes = []
    low, at_low = start, _offset(zone, start)
    while low < end:
        high = min(low + SHORTEST, end)
        at_high = _offset(zone, high)
        if at_low != at_high:
            before, after = low, high
            while after - before > _SECOND:
                middle = before + (after - before) // 2
                before, after = (middle, after) if _offset(zone, middle) == at_low else (before, middle)
            changes.append(((after.replace(microsecond=0) - _EPOCH) // _MILLISECOND, at_high - at_low))
        low, at_low = high, at_high
    return int(_offset(zone, start)), tuple(changes)


@cache
def reach(time_zone: str, month: Month) -> tuple[bool, bool]:
    """Whether a zone is behind UTC at a month's start, and ahead of it at its end, so that plays may belong to an adjacent month."""
    zone = zoneinfo.ZoneInfo(time_zone)
    at_start, at_end = (_offset(zone, at) for at in _padded(month))  # without its changes between, which take longer to find
    return at_start < 0, at_end > 0


def _padded(month: Month) -> tuple[datetime, datetime]:
    """When a month begins and ends by UTC, with the edges beside it."""
    start = datetime(month.year, month.number, 1, tzinfo=UTC)
    return start - EDGE, datetime.combine(month.shift(1).first_day, datetime.min.time(), UTC) + EDGE


def _offset(zone: zoneinfo.ZoneInfo, at: datetime) -> int:
    return int(zone.fromutc(at.replace(tzinfo=zone)).utcoffset() // _MILLISECOND)  # type: ignore[operator]

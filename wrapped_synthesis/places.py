"""Where listeners live, and the exact instant of a local time there, summer time included."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np

HOUR_MS = 3_600_000
DAY_MS = 24 * HOUR_MS
_FAR = np.int64(2**62)


@dataclass(frozen=True)
class Place:
    """One country's time zone: how many live there, the genre they lean to, and whether July is winter."""

    country: str
    time_zone: str
    weight: int
    genre: int
    is_southern: bool = False


PLACES: tuple[Place, ...] = (
    Place("US", "America/New_York", 110, 0),
    Place("US", "America/Chicago", 70, 2),
    Place("US", "America/Denver", 20, 2),
    Place("US", "America/Los_Angeles", 60, 1),
    Place("CA", "America/Toronto", 30, 0),
    Place("MX", "America/Mexico_City", 55, 3),
    Place("BR", "America/Sao_Paulo", 70, 4, is_southern=True),
    Place("AR", "America/Argentina/Buenos_Aires", 25, 3, is_southern=True),
    Place("CL", "America/Santiago", 15, 3, is_southern=True),
    Place("GB", "Europe/London", 70, 1),
    Place("IE", "Europe/Dublin", 8, 1),
    Place("PT", "Europe/Lisbon", 12, 5),
    Place("ES", "Europe/Madrid", 40, 3),
    Place("FR", "Europe/Paris", 45, 6),
    Place("DE", "Europe/Berlin", 70, 7),
    Place("NL", "Europe/Amsterdam", 25, 7),
    Place("SE", "Europe/Stockholm", 20, 7),
    Place("PL", "Europe/Warsaw", 30, 8),
    Place("GR", "Europe/Athens", 10, 5),
    Place("ZA", "Africa/Johannesburg", 15, 9, is_southern=True),
    Place("IN", "Asia/Kolkata", 80, 10),
    Place("NP", "Asia/Kathmandu", 4, 10),
    Place("JP", "Asia/Tokyo", 50, 11),
    Place("AU", "Australia/Sydney", 25, 1, is_southern=True),
    Place("AU", "Australia/Lord_Howe", 1, 1, is_southern=True),
    Place("NZ", "Pacific/Auckland", 10, 1, is_southern=True),
)


@dataclass(frozen=True)
class Offsets:
    """Per place: local times at which the offset to UTC changes, and the offsets before the first and after each change."""

    changes_ms: np.ndarray
    offsets_ms: np.ndarray


def _offset(zone: ZoneInfo, instant: datetime) -> timedelta:
    offset = instant.astimezone(zone).utcoffset()
    if offset is None:
        raise ValueError(f"expected a time zone with an offset, got {zone.key}")
    return offset


def _changes(zone: ZoneInfo, start: datetime, end: datetime) -> list[tuple[datetime, timedelta]]:
    """The instants at which the zone's offset changes, to the second, with the offset that holds from then on."""
    found = []
    day = start
    while day < end:
        following = day + timedelta(days=1)
        before, after = _offset(zone, day), _offset(zone, following)
        if before != after:
            low, high = 0, 86_400
            while high - low > 1:
                middle = (low + high) // 2
                low, high = (middle, high) if _offset(zone, day + timedelta(seconds=middle)) == before else (low, middle)
            found.append((day + timedelta(seconds=high), after))
        day = following
    return found


def offsets_of(places: tuple[Place, ...], first_year: int, last_year: int) -> Offsets:
    """The offsets of all places from the day before `first_year` to the day after `last_year`."""
    start, end = datetime(first_year, 1, 1, tzinfo=UTC) - timedelta(days=2), datetime(last_year + 1, 1, 1, tzinfo=UTC) + timedelta(days=2)
    rows_of_changes, rows_of_offsets = [], []
    for place in places:
        zone = ZoneInfo(place.time_zone)
        offset = _offset(zone, start)
        changes, offsets = [], [_ms(offset)]
        for instant, after in _changes(zone, start, end):
            # Forward: a skipped local time keeps the old offset. Back: of two equal local times the earlier is meant.
            # Both are what fold=0 means, and both end where the clock, read with the larger offset, changes.
            changes.append(int(instant.timestamp()) * 1000 + max(_ms(offset), _ms(after)))
            offsets.append(_ms(after))
            offset = after
        rows_of_changes.append(changes)
        rows_of_offsets.append(offsets)
    width = max(map(len, rows_of_changes), default=0)
    changes_ms = np.full((len(places), width), _FAR)
    offsets_ms = np.zeros((len(places), width + 1), dtype=np.int64)
    for row, (changes, offsets) in enumerate(zip(rows_of_changes, rows_of_offsets, strict=True)):
        changes_ms[row, : len(changes)] = changes
        offsets_ms[row, : len(offsets)] = offsets
    return Offsets(changes_ms, offsets_ms)


def _ms(offset: timedelta) -> int:
    return int(offset.total_seconds()) * 1000


def to_utc_ms(local_ms: np.ndarray, place: np.ndarray, offsets: Offsets) -> np.ndarray:
    """Milliseconds since 1970 UTC of local clock times; equals Python's reading with fold=0, to the millisecond."""
    passed = np.zeros(len(local_ms), dtype=np.int64)
    for column in range(offsets.changes_ms.shape[1]):
        passed += local_ms >= offsets.changes_ms[:, column][place]
    return local_ms - offsets.offsets_ms[place, passed]

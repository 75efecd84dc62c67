"""The rules of docs/matching.md once more, in plain Python: record by record, with nothing shared with the asset."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from wrapped_assets.contracts.source import Source

MINUTE, HOUR, DAY, LONGEST_PAUSE = 60_000, 3_600_000, 86_400_000, 4 * 3_600_000
Key = tuple[str, Any, int]  # title, start, format


@dataclass(frozen=True)
class Record:
    """One record of one format; times in ms."""

    source: Source
    title: str
    start: int
    played: int | None
    is_scrobble: bool
    key: Key

    @property
    def end(self) -> int:
        return self.start + (self.played or 0)

    @property
    def clock(self) -> int:
        return self.source.resolution_seconds * 1000

    @property
    def order(self) -> tuple[int, int, int]:
        return self.source.code, self.start, -(self.played if self.played is not None else -1)


def kept_slowly(exports: list[tuple[Source, list[dict[str, Any]]]]) -> dict[Key, int]:
    """(title, start, format) of each kept record → how many were dropped in its favour."""
    records = [
        Record(source, one["title"], int(one["listened_at"].timestamp() * 1000), one["ms_played"], bool(one.get("is_scrobble")),
               (one["title"], one["listened_at"], source.code))
        for source, plays in exports for one in plays
    ]  # fmt: skip
    weight: dict[int, int] = {}
    kept = [one for group in _groups(records) for one in _within_format(group, weight)]
    accepted: list[Record] = []
    for source in sorted({one.source.code: one.source for one in kept}.values(), key=lambda one: -one.richness):
        own = [one for one in kept if one.source.code == source.code]
        accepted += _between_formats(accepted, own, weight)
    return {one.key: weight[id(one)] for one in accepted}


def _groups(records: list[Record]) -> list[list[Record]]:
    groups: dict[tuple[str, int], list[Record]] = {}
    for one in records:
        groups.setdefault((one.title, one.source.code), []).append(one)
    return list(groups.values())


def _within_format(records: list[Record], weight: dict[int, int]) -> list[Record]:
    """Longest first: what overlaps a record that is kept already is dropped."""
    kept: list[Record] = []
    for one in sorted(records, key=lambda one: (-(one.played or 0), one.order)):
        stands = next((other for other in kept if _overlap(one, other)), None)
        if stands:
            weight[id(stands)] += 1
        else:
            kept.append(one)
            weight[id(one)] = 0
    return kept


def _overlap(one: Record, other: Record) -> bool:
    first, second = sorted((one, other), key=lambda record: record.start)
    again = first.is_scrobble and second.start - first.start < 30_000
    return second.start == first.start or again or first.end - second.start > first.clock


def _between_formats(accepted: list[Record], own: list[Record], weight: dict[int, int]) -> list[Record]:
    """Nearest first, one to one; returns the records that repeat none."""
    everyone = accepted + own
    pairs = sorted(
        (distance, rich.order, poor.order, number, rich, poor)
        for number, (rich, poor) in enumerate((rich, poor) for rich in accepted for poor in own)
        if rich.title == poor.title and (distance := _distance(rich, poor, everyone)) is not None
    )
    taken: set[int] = set()
    for *_, rich, poor in pairs:
        if id(rich) not in taken and id(poor) not in taken:
            taken |= {id(rich), id(poor)}
            weight[id(rich)] += 1 + weight[id(poor)]
    return [one for one in own if id(one) not in taken]


def _distance(one: Record, other: Record, everyone: list[Record]) -> int | None:
    """How far two records are apart, None where they cannot be one playback."""
    clock, starts, ends = max(one.clock, other.clock), abs(one.start - other.start), abs(one.end - other.end)
    length, other_length = one.played or 0, other.played or 0
    found = []
    if starts == 0:
        return -1
    if (one.is_scrobble or other.is_scrobble) and starts <= clock:
        found.append(min(starts, ends))
    if ends <= clock and (one.end // clock == other.end // clock or starts < max(length, other_length, 1)):
        found.append(min(starts, ends))
    first, second = (one, other) if one.start <= other.start else (other, one)
    if abs(one.start // HOUR - other.start // HOUR) <= 1 and first.end - second.start > clock:
        found.append(starts)
    if not one.is_scrobble and not other.is_scrobble and one.played and one.played == other.played and ends <= DAY:
        found.append(ends)
    nearest = min(found) + (MINUTE if length != other_length else 0) if found else None
    if first.is_scrobble and not second.is_scrobble and 0 < starts <= LONGEST_PAUSE:
        between = [record for record in everyone if first.start <= record.start <= second.start]
        if len(between) == len({id(one), id(other)}):
            nearest = min(starts + MINUTE, nearest) if nearest is not None else starts + MINUTE
    return nearest

"""The listener's own calendar: UTC offsets of each time zone, daylight saving included."""

from __future__ import annotations

import zoneinfo
from datetime import UTC, datetime, timedelta
from functools import cache

import polars as pl

from wrapped_assets.vocabulary.periods import Month

zoneinfo.reset_tzpath(to=())  # the pinned tzdata package decides, not what the machine happens to have

MOST_CHANGES = 2  # Morocco leaves and re-enters summer time within one month; no zone does more
EDGE = timedelta(hours=72)  # the furthest local midnight from UTC's is 14 hours, and two records of one playback are up to a day apart


@cache
def offset_changes(time_zone: str, month: Month) -> tuple[int, tuple[tuple[int, int], ...]]:
    """The offset at the padded month's start, and each change in it as (epoch ms, difference); all in ms."""
    zone = zoneinfo.ZoneInfo(time_zone)
    start = datetime(month.year, month.number, 1, tzinfo=UTC) - EDGE
    end = datetime.combine(month.shift(1).first_day, datetime.min.time(), UTC) + EDGE

    def offset(at: datetime) -> int:
        return int(at.astimezone(zone).utcoffset().total_seconds() * 1000)  # type: ignore[union-attr]

    changes = []
    low = start
    while low < end:
        high = low + timedelta(days=1)
        if offset(low) != offset(high):
            before, after = low, high
            while after - before > timedelta(seconds=1):
                middle = before + (after - before) // 2
                before, after = (middle, after) if offset(middle) == offset(low) else (before, middle)
            instant = int(after.replace(microsecond=0).timestamp() * 1000)
            changes.append((instant, offset(high) - offset(low)))
        low = high
    return offset(start), tuple(changes)


@cache
def reach(time_zone: str, month: Month) -> tuple[bool, bool]:
    """Whether a zone's clock is behind UTC at a month's start, and ahead of it at its end: plays may belong to the month beside."""
    start, changes = offset_changes(time_zone, month)
    return start < 0, start + sum(by for _, by in changes) > 0


def offsets_of(listeners: pl.LazyFrame, month: Month) -> pl.LazyFrame:
    """listener_id, _offset and up to two changes (_at_N, _by_N) that hold in `month` and at its edges, in ms."""
    numbers = range(MOST_CHANGES)
    added = {"_offset": pl.Int64, **{f"_at_{n}": pl.Int64 for n in numbers}, **{f"_by_{n}": pl.Int64 for n in numbers}}

    def table(frame: pl.DataFrame) -> pl.DataFrame:
        rows = []
        for zone in frame["time_zone"].unique().sort():
            base, changes = offset_changes(zone, month)
            padded = [*changes, *[(0, 0)] * (MOST_CHANGES - len(changes))]
            rows.append((zone, base, *(at for at, _ in padded), *(by for _, by in padded)))
        zones = pl.DataFrame(rows, schema={"time_zone": pl.String, **added}, orient="row")
        return frame.join(zones, on="time_zone", how="left").drop("time_zone")

    return listeners.map_batches(table, schema={"listener_id": pl.Int64, **added})


def local_ms(clock: str) -> pl.Expr:
    """Milliseconds of the local wall clock since 1970, on rows joined with `offsets_of`; UTC's where the rules say so."""
    instant = pl.col("listened_at").dt.epoch("ms")
    if clock == "utc":
        return instant
    changes = [pl.when(instant >= pl.col(f"_at_{n}")).then(pl.col(f"_by_{n}")).otherwise(0) for n in range(MOST_CHANGES)]
    return instant + pl.col("_offset") + pl.sum_horizontal(changes)

"""A play belongs to the day, hour and month of the listener's own clock, summer time included."""

from __future__ import annotations

import random
import struct
from datetime import UTC, date, datetime, timedelta
from importlib import resources
from itertools import pairwise
from zoneinfo import ZoneInfo, available_timezones

import pytest

from wrapped_assets.building.rehearsal import rehearse
from wrapped_assets.listens.clocks import SHORTEST
from wrapped_assets.vocabulary.rules import rules_for
from wrapped_assets_tests.listens.plays import frame, heard, listens_in, play

# Where clocks change in the test's months: by an hour north and south, by half an hour, twice around Ramadan, at one past midnight.
ZONES = (
    "Europe/Lisbon", "Australia/Melbourne", "Australia/Lord_Howe", "Africa/Casablanca", "America/St_Johns", "Asia/Kathmandu",
    "Pacific/Kiritimati", "Pacific/Pago_Pago", "America/Sao_Paulo",
)  # fmt: skip


@pytest.mark.parametrize("zone", ZONES)
def test_local_day_and_hour_are_those_of_the_zone(zone: str) -> None:
    chance = random.Random(zone)
    starts = [datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=chance.randrange(365 * 24 * 60)) for _ in range(100)]
    for month, day in ((2, 28), (3, 29), (4, 4), (10, 3), (10, 25), (12, 31)):
        starts += [datetime(2026, month, day, tzinfo=UTC) + timedelta(minutes=15 * quarter) for quarter in range(-96, 96)]
    unique = sorted(start for start in set(starts) if start.astimezone(ZoneInfo(zone)).year == 2026)
    rows = heard(*(play(start, ms_played=31_000) for start in unique), time_zones={"ana": zone})
    local = [start.astimezone(ZoneInfo(zone)) for start in unique]
    assert rows["listened_at"].to_list() == unique
    assert rows["local_date"].to_list() == [one.date() for one in local]
    assert rows["local_hour"].to_list() == [one.hour for one in local]


@pytest.mark.parametrize(
    ("zone", "start", "day", "hour"),
    [
        ("Europe/Lisbon", "2026-03-29 00:59", date(2026, 3, 29), 0),
        ("Europe/Lisbon", "2026-03-29 01:00", date(2026, 3, 29), 2),
        ("Australia/Melbourne", "2026-10-03 15:59", date(2026, 10, 4), 1),
        ("Australia/Melbourne", "2026-10-03 16:00", date(2026, 10, 4), 3),
        ("Australia/Lord_Howe", "2026-04-04 15:00", date(2026, 4, 5), 1),  # half an hour back: 02:00 becomes 01:30
        ("Africa/Casablanca", "2026-02-15 02:00", date(2026, 2, 15), 2),  # Ramadan: an hour back until 22 March
        ("Africa/Casablanca", "2026-03-22 02:00", date(2026, 3, 22), 3),
    ],
)
def test_summer_time_begins_and_ends(zone: str, start: str, day: date, hour: int) -> None:
    assert heard(play(start), time_zones={"ana": zone}).select("local_date", "local_hour").row(0) == (day, hour)


def test_a_play_around_a_months_end_lies_in_its_local_month_and_only_there() -> None:
    found = rehearse(
        {"ana": frame(play("2026-01-31 12:30"), play("2026-01-31 10:30"))}, [2026], time_zones={"ana": "Pacific/Auckland"}, only=["plays"]
    )
    assert found["listens/plays", "2026-01"]["local_date"].to_list() == [date(2026, 1, 31)]
    assert found["listens/plays", "2026-02"]["local_date"].to_list() == [date(2026, 2, 1)]


def test_a_local_year_begins_at_local_midnight() -> None:
    plays = frame(play("2026-01-01 04:59"), play("2026-01-01 05:00", "walk"))
    found = rehearse({"ana": plays}, [2025, 2026], time_zones={"ana": "America/New_York"}, only=["plays"])
    assert found["listens/plays", "2025-12"].height == 1
    assert found["listens/plays", "2026-01"].height == 1


def test_rules_may_count_by_utc() -> None:
    rules = {2026: rules_for("listenbrainz-compatible", 2026)}
    rows = listens_in(
        rehearse({"ana": frame(play("2026-01-31 12:30"))}, [2026], time_zones={"ana": "Pacific/Auckland"}, rules=rules, only=["plays"])
    )
    assert rows.select("local_date", "local_hour").row(0) == (date(2026, 1, 31), 12)


def test_no_zone_changes_its_clock_twice_within_the_steps_in_which_changes_are_looked_for() -> None:
    found = [(zone, later - sooner) for zone in available_timezones() for sooner, later in pairwise(changes_of(zone))]
    assert len(found) > 10_000
    assert min(found, key=lambda one: one[1])[1] >= SHORTEST.total_seconds()


def changes_of(zone: str) -> list[int]:
    """When the zone's offset changes, in seconds since 1970, from its compiled file (RFC 9636: the block of 64-bit times)."""
    *folders, name = zone.split("/")
    data = resources.files(".".join(["tzdata", "zoneinfo", *folders])).joinpath(name).read_bytes()

    def header(start: int) -> tuple[int, ...]:
        return struct.unpack(">20x6l", data[start : start + 44])

    utc, standard, leaps, times, types, letters = header(0)
    start = 44 + times * 5 + types * 6 + letters + leaps * 8 + standard + utc
    times, types = header(start)[3:5]
    start += 44
    at = struct.unpack(f">{times}q", data[start : start + 8 * times])
    kinds = data[start + 8 * times : start + 9 * times]
    start += 9 * times
    offsets = [struct.unpack(">l", data[start + 6 * kind : start + 6 * kind + 4])[0] for kind in range(types)]
    return [at[n] for n in range(1, times) if offsets[kinds[n]] != offsets[kinds[n - 1]]]

"""Cards of the calendar and the clock: days, hours, streaks, the longest session."""

from __future__ import annotations

from datetime import date

from wrapped_assets.stories import phrases
from wrapped_assets.stories.cards.card import Card, CardMaker, Table, facts_of
from wrapped_assets.stories.data import StoryData
from wrapped_assets.stories.figures.calendar import heat_map
from wrapped_assets.stories.figures.clock import week_clock
from wrapped_assets.stories.figures.strokes import beads, day_ring, stretch, tally
from wrapped_assets.stories.headlines import headline


def minutes_by_day(data: StoryData, column: str = "minutes") -> dict[date, float]:
    """The calendar inside the window; empty where its column is missing or all nought, as minutes of scrobbles without a length are."""
    start, end = data.window
    found = {phrases.as_date(row.get("local_date")): phrases.number(row.get(column)) for row in data.rows("listening_calendar")}
    days = {day: value for day, value in found.items() if day is not None and value is not None and start <= day <= end}
    return days if any(days.values()) else {}


def listening_calendar(data: StoryData) -> Card | None:
    """The heat map, with the longest streak underlined."""
    column, unit = ("minutes", "minutes") if minutes_by_day(data) else ("listen_count", "listens")
    days = minutes_by_day(data, column)
    if not days:
        return None
    streak = data.first("listening_streak")
    first, last = phrases.as_date(streak.get("first_local_date")), phrases.as_date(streak.get("last_local_date"))
    run = (first, last) if first and last and first <= last else None
    length = phrases.number(streak.get("streak_day_count"))
    active = phrases.number(streak.get("active_day_count")) or sum(1 for value in days.values() if value > 0)  # as the totals count them
    facts = facts_of(
        (phrases.counted(length, "day") if length else "", "in a row" + (f", from {phrases.day(run[0], data.year)}" if run else "")),
        (phrases.counted(active, "day"), "with music"),
    )
    months = sorted({(day.year, day.month) for day in days})
    table = Table(
        f"{unit.capitalize()} per day", ("Month", *(str(day) for day in range(1, 32))),
        tuple(
            (phrases.MONTHS[month - 1], *(_cell(days, year, month, day) for day in range(1, 32)))
            for year, month in months
        ),
    )  # fmt: skip
    note = "A taller, darker day holds more music." + (" The line runs under your longest streak." if run else "")
    return Card(
        "listening_calendar", "habits", "Day by day", headline("listening_calendar", data), facts=facts,
        figure=heat_map(days, *data.window, run, unit), table=table, note=note,
    )  # fmt: skip


def _cell(days: dict[date, float], year: int, month: int, day: int) -> str:
    try:
        value = days.get(date(year, month, day))
    except ValueError:  # no such day in this month
        return ""
    return "" if value is None else phrases.count(value)


def listening_clock(data: StoryData) -> Card | None:
    """The week of hours, with the night's share."""
    hours: dict[tuple[int, int], float] = {}
    for row in data.rows("listening_clock"):
        weekday, hour, listens = row.get("local_weekday"), row.get("local_hour"), phrases.number(row.get("listen_count"))
        if isinstance(weekday, int) and isinstance(hour, int) and 1 <= weekday <= 7 and 0 <= hour <= 23 and listens is not None:
            hours[weekday, hour] = listens
    if not any(value > 0 for value in hours.values()):
        return None
    owl = data.first("night_owl")
    facts = facts_of(
        (phrases.percent(owl.get("night_share")), "at night, 22 to 5"),
        (phrases.percent(owl.get("morning_share")), "in the morning"),
        (phrases.percent(owl.get("weekend_share")), "at the weekend"),
    )
    table = Table(
        "Listens by weekday and hour", ("Weekday", *(str(hour) for hour in range(24))),
        tuple((phrases.WEEKDAYS[day - 1], *(phrases.count(hours.get((day, hour), 0)) for hour in range(24))) for day in range(1, 8)),
    )  # fmt: skip
    return Card(
        "listening_clock", "habits", "Hour by hour", headline("listening_clock", data), facts=facts, figure=week_clock(hours), table=table,
        note="One dot an hour; the larger, the more listens. The night is shaded.",
    )  # fmt: skip


def busiest_day(data: StoryData) -> Card | None:
    """The fullest day as a ring of 24 hours."""
    row = data.first("busiest_day")
    minutes = phrases.number(row.get("minutes"))
    if minutes is None or phrases.as_date(row.get("local_date")) is None:
        return None
    mean = phrases.number(data.first("listening_totals").get("minutes_per_day"))
    facts = facts_of(
        (phrases.duration(minutes) if minutes else "", "of music"),
        (phrases.count(row.get("recording_count")), "different songs"),
        (f"{minutes / mean:.1f}×" if mean and minutes > mean else "", "your average day"),
        (phrases.name(row.get("top_recording_name"), ""), "most played"),
    )
    return Card(
        "busiest_day", "habits", "Busiest day", headline("busiest_day", data),
        facts=facts, figure=day_ring(minutes) if minutes else None, is_inverse=True,
    )  # fmt: skip


def most_replayed_day(data: StoryData) -> Card | None:
    """The day of one song, in tally marks."""
    row = data.first("most_replayed_day")
    listens = phrases.number(row.get("listen_count"))
    if not row.get("recording_name") or not listens:
        return None
    facts = facts_of((phrases.name(row.get("artist_name"), ""), "by"), (phrases.counted(listens, "time"), "on one day"))
    return Card("most_replayed_day", "habits", "On repeat", headline("most_replayed_day", data), facts=facts, figure=tally(int(listens)))


def longest_session(data: StoryData) -> Card | None:
    """The longest session on its hours."""
    row = data.first("longest_session")
    start, end = (phrases.local(row.get(column), data.time_zone) for column in ("session_started_at", "session_ended_at"))
    if start is None or end is None or end < start:
        return None
    hours = (end - start).total_seconds() / 3600
    facts = facts_of(
        (phrases.duration(hours * 60), "without a break of 20 minutes"),
        (phrases.day(start, data.year), "the day it began"),
        (phrases.count(row.get("listen_count")), "listens"),
    )
    figure = stretch(f"{start:%H:%M}", f"{end:%H:%M}", start.hour + start.minute / 60, hours) if hours <= 96 else None
    return Card(
        "longest_session", "habits", "Longest session", headline("longest_session", data), facts=facts, figure=figure,
        is_inverse=True,
    )  # fmt: skip


def artist_streak(data: StoryData) -> Card | None:
    """The longest run of days with one artist, as beads."""
    row = data.first("artist_streak")
    length = phrases.number(row.get("streak_day_count"))
    if not row.get("artist_name") or not length:
        return None
    first, last = phrases.as_date(row.get("first_local_date")), phrases.as_date(row.get("last_local_date"))
    facts = facts_of((phrases.day(first, data.year), "from"), (phrases.day(last, data.year), "to"))
    return Card("artist_streak", "habits", "Faithful", headline("artist_streak", data), facts=facts, figure=beads(int(length)))


CALENDAR = CardMaker(("listening_calendar", "listening_streak"), listening_calendar)
CLOCK = CardMaker(("listening_clock", "night_owl"), listening_clock)
BUSIEST, REPLAYED = CardMaker(("busiest_day",), busiest_day), CardMaker(("most_replayed_day",), most_replayed_day)
SESSION, FAITHFUL = CardMaker(("longest_session",), longest_session), CardMaker(("artist_streak",), artist_streak)

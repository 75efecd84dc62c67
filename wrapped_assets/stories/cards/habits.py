"""Cards of the calendar and the clock: days, hours, streaks, the longest session."""

from __future__ import annotations

from datetime import UTC, date

from markupsafe import Markup

from wrapped_assets.stories import phrases
from wrapped_assets.stories.cards.card import ON, Card, Scale, Series, Table, card, facts_of
from wrapped_assets.stories.data import StoryData
from wrapped_assets.stories.figures.calendar import heat_map
from wrapped_assets.stories.figures.charts import columns_chart
from wrapped_assets.stories.figures.clock import week_clock
from wrapped_assets.stories.figures.strokes import beads, day_ring, stretch, tally
from wrapped_assets.stories.headlines import headline
from wrapped_assets.stories.language import Language
from wrapped_assets.stories.rows import values_of


def minutes_by_day(data: StoryData, column: str = "minutes") -> dict[date, float]:
    """The calendar inside the window; empty where its column is missing or all nought, as minutes of scrobbles without a length are."""
    return data.calendar[column]


@card("listening_calendar", "listening_streak", place=130)
def listening_calendar(data: StoryData) -> Card | None:
    """The heat map, with the longest streak underlined."""
    told, say = data.language, data.language.say
    is_minutes = bool(minutes_by_day(data))
    column = "minutes" if is_minutes else "listen_count"
    days = minutes_by_day(data, column)
    if not days:
        return None
    streak = data.first("listening_streak")
    first, last = phrases.as_date(streak.get("first_local_date")), phrases.as_date(streak.get("last_local_date"))
    run = (first, last) if first and last and first < last else None
    length = phrases.number(streak.get("streak_day_count"))
    active = phrases.number(streak.get("active_day_count")) or sum(1 for value in days.values() if value > 0)  # as the totals count them
    in_a_row = say("in a row, from {day}", day=told.day(run[0], data.year)) if run else say("in a row")
    facts = facts_of(
        (told.counted(length, "days") if length and length > 1 else "", in_a_row, ON),
        (told.counted(active, "days") if active != data.first("listening_totals").get("active_day_count") else "", say("with music"), ON),
    )
    months: dict[tuple[int, int], dict[date, float]] = {}
    for day in sorted(days):
        months.setdefault((day.year, day.month), {})[day] = days[day]
    table = Table(
        say("Minutes by month") if is_minutes else say("Listens by month"),
        (say("Month"), say("Minutes") if is_minutes else say("Listens"), say("Days with music"), say("Fullest day")),
        tuple(_of_month(month, found, told) for (_, month), found in months.items()),
    )  # fmt: skip
    note = say("The taller and stronger a day, the more music. The line runs under your longest streak.")
    if not run:
        note = say("The taller and stronger a day, the more music.")
    return Card(
        "listening_calendar", "habits", say("Day by day"), headline("listening_calendar", data), facts=facts,
        figure=_drawn(days, run, is_minutes, data), table=table, note=note,
        series=Series(_weeks(days, data), below=say("one bar a week, {window}", window=told.span(*data.window))),
    )  # fmt: skip


def _drawn(days: dict[date, float], run: tuple[date, date] | None, is_minutes: bool, data: StoryData) -> Markup:
    """The heat map; of a window of few days a column a day."""
    every, told = phrases.days_between(*data.window), data.language
    if len(every) > _FEW_DAYS:
        return heat_map(days, *data.window, run, is_minutes, told)
    label = told.say("Minutes by day") if is_minutes else told.say("Listens by day")
    return columns_chart([(f"{told.weekday(day.isoweekday(), 'abbreviated')} {day.day}", days.get(day, 0)) for day in every], label, told)


_FEW_DAYS = 10


def _weeks(days: dict[date, float], data: StoryData) -> tuple[float, ...]:
    values = [days.get(day, 0) for day in phrases.days_between(*data.window)]
    return tuple(sum(values[first : first + 7]) for first in range(0, len(values), 7))


def _of_month(month: int, days: dict[date, float], told: Language) -> tuple[str, ...]:
    """A month's name, its sum, how many days had music, and the fullest of them with its value."""
    fullest = max(days, key=lambda day: (days[day], -day.day))
    most = f"{told.day(fullest, fullest.year)}: {told.count(days[fullest])}" if days[fullest] else "–"
    return told.month(month), told.count(sum(days.values())), told.count(sum(value > 0 for value in days.values())), most


@card("listening_clock", "night_owl", place=140, beat="habit", is_private=True)
def listening_clock(data: StoryData) -> Card | None:
    """The week of hours, with the night's share."""
    told, say = data.language, data.language.say
    hours: dict[tuple[int, int], float] = {}
    for weekday, hour, plays in values_of(data.rows("listening_clock"), "local_weekday", "local_hour", "listen_count"):
        listens = phrases.number(plays)
        if isinstance(weekday, int) and isinstance(hour, int) and 1 <= weekday <= 7 and 0 <= hour <= 23 and listens is not None:
            hours[weekday, hour] = listens
    if not any(value > 0 for value in hours.values()):
        return None
    owl = data.first("night_owl")
    facts = facts_of(
        (told.percent(owl.get("night_share")), say("at night, 22 to 5")),
        (told.percent(owl.get("morning_share")), say("in the morning")),
        (told.percent(owl.get("weekend_share")), say("at the weekend")),
    )
    table = Table(
        say("Listens by weekday and hour"), (say("Weekday"), *(f"{hour}–{hour + _BLOCK}" for hour in range(0, 24, _BLOCK))),
        tuple((told.weekday(day), *(told.count(_of_block(hours, day, hour)) for hour in range(0, 24, _BLOCK))) for day in range(1, 8)),
    )  # fmt: skip
    return Card(
        "listening_clock", "habits", say("Hour by hour"), headline("listening_clock", data), facts=facts,
        figure=week_clock(hours, told), table=table,
        note=say("One dot an hour; the larger, the more listens. The night is shaded."),
        series=Series(
            tuple(sum(hours.get((day, hour), 0) for day in range(1, 8)) for hour in range(24)), width=2,
            below="0           6           12          18          24",
        ),
    )  # fmt: skip


_BLOCK = 4  # hours: of 24 columns a reader keeps none


def _of_block(hours: dict[tuple[int, int], float], day: int, first: int) -> float:
    return sum(hours.get((day, hour), 0) for hour in range(first, first + _BLOCK))


_AVERAGE_DAYS = 30  # with music: of fewer, the silent days alone make the average


@card("busiest_day", place=150, beat="day", scale=Scale("minutes", 60, 960))
def busiest_day(data: StoryData) -> Card | None:
    """The fullest day as a ring of 24 hours."""
    row, told, say = data.first("busiest_day"), data.language, data.language.say
    minutes = phrases.number(row.get("minutes"))
    if minutes is None or phrases.as_date(row.get("local_date")) is None:
        return None
    totals = data.first("listening_totals")
    has_average = (phrases.number(totals.get("active_day_count")) or 0) >= _AVERAGE_DAYS
    mean = phrases.number(totals.get("minutes_per_day")) if has_average else None
    above_average = say("{factor}× as much", factor=told.tenths(minutes / mean)) if mean and minutes >= 1.5 * mean else ""
    facts = facts_of(
        (told.duration(minutes) if minutes else "", say("of music"), ON),
        (told.count(row.get("recording_count")), told.label(row.get("recording_count"), "different songs"), ON),
        (above_average, say("as on your average day"), ON),
        (phrases.name(row.get("top_recording_name"), ""), say("most played")),
    )
    return Card(
        "busiest_day", "habits", say("Busiest day"), headline("busiest_day", data),
        facts=facts, figure=day_ring(minutes, told) if minutes else None,
    )  # fmt: skip


@card("most_replayed_day", place=170, beat="day", scale=Scale("listen_count", 3, 30, least=3))
def most_replayed_day(data: StoryData) -> Card | None:
    """The day of one song, in tally marks."""
    row, told, say = data.first("most_replayed_day"), data.language, data.language.say
    listens = phrases.number(row.get("listen_count"))
    if not row.get("recording_name") or not listens:
        return None
    facts = facts_of((phrases.name(row.get("artist_name"), ""), say("by")))
    marks = tally(int(listens), told)
    return Card("most_replayed_day", "habits", say("On repeat"), headline("most_replayed_day", data), facts=facts, figure=marks)


@card("longest_session", place=210, beat="habit", is_private=True, scale=Scale("session_minutes", 60, 720, least=60))
def longest_session(data: StoryData) -> Card | None:
    """The longest session on its hours."""
    row, told, say = data.first("longest_session"), data.language, data.language.say
    start, end = (phrases.local(row.get(column), data.time_zone) for column in ("session_started_at", "session_ended_at"))
    if start is None or end is None or end < start:
        return None
    hours = (end.astimezone(UTC) - start.astimezone(UTC)).total_seconds() / 3600  # a day of the clock change has 23 hours, or 25
    facts = facts_of(
        (told.duration(hours * 60), say("without a break of 20 minutes"), ON),
        (told.day(start, data.year), say("the day it began")),
    )
    figure = stretch(told.time(start), told.time(end), start.hour + start.minute / 60, hours, told) if hours <= 96 else None
    return Card(
        "longest_session", "habits", say("Longest session"), headline("longest_session", data), facts=facts, figure=figure,
        note=say("On the clock, from the first start to the last end, with its pauses. Days and totals count only what was played."),
    )  # fmt: skip


@card("artist_streak", place=180, beat="habit", scale=Scale("streak_day_count", 3, 30, least=3))
def artist_streak(data: StoryData) -> Card | None:
    """The longest run of days with one artist, as beads."""
    row, told, say = data.first("artist_streak"), data.language, data.language.say
    length = phrases.number(row.get("streak_day_count"))
    if not row.get("artist_name") or not length:
        return None
    first, last = phrases.as_date(row.get("first_local_date")), phrases.as_date(row.get("last_local_date"))
    facts = facts_of((told.day(first, data.year), say("from")), (told.day(last, data.year), say("to")))
    return Card("artist_streak", "habits", say("Faithful"), headline("artist_streak", data), facts=facts, figure=beads(int(length), told))

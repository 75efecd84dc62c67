"""The cards of the days that stand out: what each stands out by, and what was played on it when."""

from __future__ import annotations

from wrapped_assets.stories import phrases
from wrapped_assets.stories.cards.card import Card, Fact, Series, Table, card
from wrapped_assets.stories.data import Row, StoryData
from wrapped_assets.stories.figures.calendar import marked_days
from wrapped_assets.stories.figures.hours import day_hours
from wrapped_assets.stories.headlines import Part, headline
from wrapped_assets.stories.phrases import number


@card("remarkable_days", place=160, beat="day", second_choice=True, needs=("day_kind", "local_date", "day_figure"))
def remarkable_days(data: StoryData) -> Card | None:
    """The days of the year in their order, each with what it stands out by."""
    say = data.language.say
    days = [(data.language.day(row["local_date"], data.year), _by(kind, row, data)) for kind, row in _told(data).items()]
    days = [(day, by) for day, by in days if by]
    if len(days) < 2:  # one is told by its own card
        return None
    table = Table(say("Days that stood out"), (say("Day"), say("What for")), tuple(days))
    facts = tuple(Fact(day, by) for day, by in days)
    marked = {day for row in _told(data).values() if (day := phrases.as_date(row["local_date"]))}
    figure = marked_days(marked, *data.window, table.caption, data.language) if len(days) < _FILL and data.months is None else None
    return Card(
        "remarkable_days", "habits", say("Days that stood out"), headline("remarkable_days", data), facts=facts, figure=figure, table=table
    )


_FILL = 4  # so many days and what they stand out by fill a card
_LEAST = {  # listens of a day that stands out by them
    "most_of_top_artist": 3, "most_of_top_genre": 3, "most_new_artists": 3, "most_repeats": 3, "new_years_day": 3,
}  # fmt: skip
SPANS = 4  # runs of hours with one artist that fit a screen beside the figure; the table has every hour


@card("hours_of_days", place=165, is_private=True, follows="remarkable_days", needs=("local_date", "local_hour", "listen_count"))
def hours_of_days(data: StoryData) -> list[Card]:
    """A card for each of these days, in their order: what was played when, by the hours of its rows."""
    hours: dict[str, list[Row]] = {}
    for row in data.rows("hours_of_days"):
        if number(row.get("listen_count")) and isinstance(row.get("local_hour"), int):
            hours.setdefault(str(row.get("local_date")), []).append(row)
    found = [(row, hours.get(str(row["local_date"]), []), by) for kind, row in _told(data).items() if (by := _by(kind, row, data))]
    told = [(row, sorted(rows, key=lambda each: each["local_hour"]), by) for row, rows, by in found if rows]
    return [_day(place, row, rows, by, data) for place, (row, rows, by) in enumerate(told, 1)]


def _day(place: int, row: Row, rows: list[Row], by: str, data: StoryData) -> Card:
    told, say = data.language, data.language.say
    day = told.day(row["local_date"], data.year)
    hours = {each["local_hour"]: (number(each["listen_count"]) or 0, number(each.get("repeat_count")) or 0) for each in rows}
    table = Table(
        say("{label}: {value}", label=day, value=say("Listens by day and hour")),
        (say("Hour"), say("Listens"), say("Repeats"), say("Most heard")),
        tuple(
            (_clock(each["local_hour"]), told.count(each["listen_count"]), told.count(each.get("repeat_count")),
             phrases.name(each.get("artist_name")))
            for each in rows
        ),
    )  # fmt: skip
    return Card(
        "hours_of_days" if place == 1 else f"hours_of_days_{place}", "habits", day, (Part(by[:1].upper() + by[1:]),),
        facts=tuple(Fact(artist, _span(first, last), is_name=True) for first, last, artist in _spans(rows)[:SPANS]),
        figure=day_hours(hours, f"{day}: {by}"), table=table, note=_told_of(rows, data),
        series=Series(tuple(hours.get(hour, (0, 0))[0] for hour in range(24)), below=_span(0, 23)),
        continues=place > 1, has_label_in_text=True,
    )  # fmt: skip


def _spans(rows: list[Row]) -> list[tuple[int, int, str]]:
    """First and last hour of each run of hours in which one artist was heard most, and the artist; hours without a listen end no run."""
    spans: list[tuple[int, int, str]] = []
    for row in rows:
        artist = phrases.name(row.get("artist_name"), "")
        if spans and spans[-1][2] == artist:
            spans[-1] = (spans[-1][0], row["local_hour"], artist)
        elif artist:
            spans.append((row["local_hour"], row["local_hour"], artist))
    return spans


def _span(first: int, last: int) -> str:
    return f"{_clock(first)} – {_clock(last + 1)}"


def _told(data: StoryData) -> dict[str, Row]:
    """The rows of days by their kind, of the kinds that are told."""
    found = {str(row.get("day_kind")): row for row in data.rows("remarkable_days") if number(row.get("day_figure")) is not None}
    if data.begins_here or data.is_all_new:
        found.pop("most_new_artists", None)
    if str(found.get("most_minutes", {}).get("local_date")) == str(data.first("busiest_day").get("local_date")):
        found.pop("most_minutes", None)  # told by a card of its own
    return {kind: row for kind, row in found.items() if row["day_figure"] >= _LEAST.get(kind, 0)}


def _clock(hour: int) -> str:
    return f"{hour:02d}:00"  # 24:00 ends the day that 00:00 begins


def _told_of(rows: list[Row], data: StoryData) -> str:
    """The sentences of one day, from its rows of hours."""
    say = data.language.say
    listens, again = (sum(number(row.get(column)) or 0 for row in rows) for column in ("listen_count", "repeat_count"))
    peak = max(rows, key=lambda row: (number(row["listen_count"]) or 0, -row["local_hour"]))
    first, last = _clock(rows[0]["local_hour"]), _clock(rows[-1]["local_hour"] + 1)
    sentences = [say("{listens:listens} between {first} and {last}.", listens=listens, first=first, last=last)]
    if peak.get("artist_name"):
        values = {"hour": _clock(peak["local_hour"]), "listens": peak["listen_count"], "artist": phrases.name(peak["artist_name"])}
        sentences.append(say("Fullest from {hour}: {listens:listens}, most of {artist}.", **values))
    if again:
        sentences.append(say("{listens:listens} of a song already heard that day.", listens=again))
    return " ".join(sentences)


def _by(kind: str, row: Row, data: StoryData) -> str:
    """What a day stands out by; nothing of a kind that this card does not know."""
    say, figure = data.language.say, row["day_figure"]
    if kind == "most_minutes":
        return say("most music, {minutes:duration}", minutes=figure)
    if kind == "most_podcasts":
        return say("most podcasts, {minutes:duration}", minutes=figure)
    if kind == "most_of_top_artist":
        return say("most of your artist of the year, {count:listens}", count=int(figure))
    if kind == "most_of_top_genre":
        return say("most of your genre of the year, {count:listens}", count=round(figure))
    if kind == "most_new_artists":
        return say("{count:artists} for the first time", count=round(figure))
    if kind == "oldest_music":
        return say("the most nostalgic day, with music from {year} on average", year=str(round(figure)))
    if kind == "most_repeats":
        return say("most repeats, {count:listens} of a song already heard that day", count=int(figure))
    if kind == "new_years_day":
        return say("how the year began, {count:listens}", count=int(figure))
    return say("furthest from the rest of your year") if kind == "unlike_the_year" else ""

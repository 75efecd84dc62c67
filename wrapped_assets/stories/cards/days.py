"""The cards of the days that stand out: what each stands out by, and what was played on it when."""

from __future__ import annotations

from wrapped_assets.stories import phrases
from wrapped_assets.stories.cards.card import Card, Fact, Table, card
from wrapped_assets.stories.data import Row, StoryData
from wrapped_assets.stories.headlines import headline
from wrapped_assets.stories.phrases import number


@card("remarkable_days", place=160, needs=("day_kind", "local_date", "day_figure"))
def remarkable_days(data: StoryData) -> Card | None:
    """The days of the year in their order, each with what it stands out by."""
    say = data.language.say
    days = [(data.language.day(row["local_date"], data.year), _by(kind, row, data)) for kind, row in _told(data).items()]
    days = [(day, by) for day, by in days if by]
    if not days:
        return None
    table = Table(say("Days that stood out"), (say("Day"), say("What for")), tuple(days))
    facts = tuple(Fact(day, by) for day, by in days)
    return Card("remarkable_days", "habits", say("Days that stood out"), headline("remarkable_days", data), facts=facts, table=table)


SHOWN_DAYS = 3  # as many as one screen holds in every language; the table has all


@card("hours_of_days", place=165, follows="remarkable_days", needs=("local_date", "local_hour", "listen_count"))
def hours_of_days(data: StoryData) -> Card | None:
    """What was played when on each of these days, in sentences over its hours; the hours themselves in the table."""
    told, say = data.language, data.language.say
    hours: dict[str, list[Row]] = {str(row["local_date"]): [] for row in _told(data).values()}
    for row in data.rows("hours_of_days"):
        if str(row.get("local_date")) in hours and number(row.get("listen_count")) and isinstance(row.get("local_hour"), int):
            hours[str(row["local_date"])].append(row)
    days = {day: sorted(found, key=lambda row: row["local_hour"]) for day, found in hours.items() if found}
    if not days:
        return None
    first = list(days.values())[:SHOWN_DAYS]
    facts = tuple(Fact(told.day(rows[0]["local_date"], data.year), _told_of(rows, data)) for rows in first)
    table = Table(
        say("Listens by day and hour"), (say("Day"), say("Hour"), say("Listens"), say("Repeats"), say("Most heard")),
        tuple(
            (told.day(row["local_date"], data.year), _clock(row["local_hour"]), told.count(row["listen_count"]),
             told.count(row.get("repeat_count")), phrases.name(row.get("artist_name")))
            for rows in days.values() for row in rows
        ),
    )  # fmt: skip
    return Card("hours_of_days", "habits", say("Those days, hour by hour"), headline("hours_of_days", data), facts=facts, table=table)


def _told(data: StoryData) -> dict[str, Row]:
    """The rows of days by their kind, of the kinds that are told."""
    found = {str(row.get("day_kind")): row for row in data.rows("remarkable_days") if number(row.get("day_figure")) is not None}
    if data.begins_here:  # everything would be new
        found.pop("most_new_artists", None)
    return found


def _clock(hour: int) -> str:
    return f"{hour % 24:02d}:00"


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
        return say("most music: {minutes:duration}", minutes=figure)
    if kind == "most_podcasts":
        return say("most podcasts: {minutes:duration}", minutes=figure)
    if kind == "most_of_top_artist":
        return say("most of your artist of the year: {count:listens}", count=int(figure))
    if kind == "most_of_top_genre":
        return say("most of your genre of the year: {count:listens}", count=round(figure))
    if kind == "most_new_artists":
        return say("most artists for the first time: {count}", count=data.language.count(figure))
    if kind == "oldest_music":
        return say("the most nostalgic day: music from {year}, on average", year=str(round(figure)))
    if kind == "most_repeats":
        return say("most repeats: {count:listens} of a song already heard that day", count=int(figure))
    if kind == "new_years_day":
        return say("how the year began: {count:listens}", count=int(figure))
    return say("furthest from the rest of your year") if kind == "unlike_the_year" else ""

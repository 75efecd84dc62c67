"""Cards of the whole year: its totals and its first listen."""

from __future__ import annotations

from wrapped_assets.stories import phrases
from wrapped_assets.stories.cards.card import ON, Card, card, facts_of
from wrapped_assets.stories.data import StoryData
from wrapped_assets.stories.figures.strokes import clock_face
from wrapped_assets.stories.headlines import Part, headline

_NOUNS = {
    "listen_count": "listens", "recording_count": "songs", "artist_count": "artists", "release_group_count": "albums",
    "active_day_count": "days", "play_count": "plays",
}  # fmt: skip


@card("listening_totals", place=10, beat="minutes")
def totals(data: StoryData) -> Card | None:
    """Minutes as the large number, the other totals as facts."""
    row, told, say = data.first("listening_totals"), data.language, data.language.say
    minutes = phrases.number(row.get("minutes"))
    listens = phrases.number(row.get("listen_count"))
    has_minutes = bool(minutes) or not listens  # scrobbles of recordings without a known length have none
    told_already = set() if has_minutes else {"listen_count"}  # the large number
    if row.get("play_count") == listens:
        told_already.add("play_count")
    if not listens:  # private plays add to the minutes alone
        told_already |= _NOUNS.keys() - {"play_count"}
    facts = facts_of(
        *((told.count(row.get(column)), told.label(row.get(column), noun), ON)
          for column, noun in _NOUNS.items() if column not in told_already)
    )  # fmt: skip
    if not facts and minutes is None:
        return None
    change = data.against_before("minutes" if has_minutes else "listen_count")
    if change is not None:
        facts += facts_of((told.change(change), say("on {year}", year=data.title_before), ON))
    number = told.count(minutes if has_minutes else listens) if minutes is not None else ""
    note = say("That is {minutes:duration}, end to end.", minutes=minutes) if minutes and minutes >= 120 else ""
    if not has_minutes:
        note = say("How long they lasted is not known.")
    title = say("The year in minutes") if has_minutes else say("The year in listens")
    return Card(
        "listening_totals", "overview", title, headline("listening_totals", data), number,
        facts=facts, note=note,
    )  # fmt: skip


@card("first_listen", place=20, is_private=True)
def first_listen(data: StoryData) -> Card | None:
    """What the year began with, and when."""
    row, told, say = data.first("first_listen"), data.language, data.language.say
    if not row.get("recording_name"):
        return None
    at = phrases.local(row.get("listened_at"), data.time_zone)
    facts = facts_of(
        (phrases.name(row.get("artist_name"), ""), say("by")),
        (told.day(row.get("local_date"), data.year), say("the day")),
        (told.time(at) if at else "", say("on the clock")),
    )
    figure = clock_face(at.hour, at.minute, told) if at else None
    return Card("first_listen", "overview", say("First listen"), headline("first_listen", data), facts=facts, figure=figure)


@card("top_recordings", "top_artists", place=900, beat="finale")
def finale(data: StoryData) -> Card | None:
    """The year's names once more, together: a card to keep."""
    say, found = data.language.say, []
    for title, insight, column in ((say("Songs"), "top_recordings", "recording_name"), (say("Artists"), "top_artists", "artist_name")):
        names = tuple(phrases.name(row[column]) for row in data.rows(insight) if row.get(column))[:5]
        if len(names) < 2:
            return None
        found.append((title, names))
    return Card("finale", "overview", say("Encore"), (Part(say("That was {year}.", year=data.title)),), lists=tuple(found))

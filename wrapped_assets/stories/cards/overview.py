"""Cards of the whole year: its totals and its first listen."""

from __future__ import annotations

from wrapped_assets.stories import phrases
from wrapped_assets.stories.cards.card import Card, CardMaker, Fact, facts_of
from wrapped_assets.stories.data import StoryData
from wrapped_assets.stories.figures.strokes import clock_face
from wrapped_assets.stories.headlines import headline


def totals(data: StoryData) -> Card | None:
    """Minutes as the large number, the other totals as facts."""
    row = data.first("listening_totals")
    minutes = phrases.number(row.get("minutes"))
    nouns = {
        "listen_count": ("listen", ""), "recording_count": ("song", ""), "artist_count": ("artist", ""),
        "release_group_count": ("album", ""),
        "active_day_count": ("day with music", "days with music"), "play_count": ("play, skips included", "plays, skips included"),
    }  # fmt: skip
    facts = [
        Fact(phrases.count(row[column]), phrases.counted(row[column], *noun).partition(phrases.NBSP)[2])
        for column, noun in nouns.items()
        if phrases.number(row.get(column)) is not None
    ]
    if not facts and minutes is None:
        return None
    listens = phrases.number(row.get("listen_count"))
    has_minutes = bool(minutes) or not listens  # scrobbles of recordings without a known length have none
    number = phrases.count(minutes if has_minutes else listens) if minutes is not None else ""
    note = f"That is {phrases.duration(minutes)}, end to end." if minutes and minutes >= 120 else ""
    title = "The year in minutes" if has_minutes else "The year in listens"
    return Card(
        "listening_totals", "overview", title, headline("listening_totals", data), number,
        facts=tuple(facts), note=note, is_inverse=True,
    )  # fmt: skip


def first_listen(data: StoryData) -> Card | None:
    """What the year began with, and when."""
    row = data.first("first_listen")
    if not row.get("recording_name"):
        return None
    at = phrases.local(row.get("listened_at"), data.time_zone)
    facts = facts_of(
        (phrases.name(row.get("artist_name"), ""), "by"),
        (phrases.day(row.get("local_date"), data.year), "the day"),
        (f"{at:%H:%M}" if at else "", "on the clock"),
    )
    figure = clock_face(at.hour, at.minute) if at else None
    return Card("first_listen", "overview", "First listen", headline("first_listen", data), facts=facts, figure=figure)


TOTALS, FIRST_LISTEN = CardMaker(("listening_totals",), totals), CardMaker(("first_listen",), first_listen)

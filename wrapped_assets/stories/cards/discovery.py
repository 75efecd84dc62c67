"""Cards of what was new: how much, when, and what stayed."""

from __future__ import annotations

from collections.abc import Sequence

from wrapped_assets.stories import phrases
from wrapped_assets.stories.cards.card import ON, Card, Scale, Series, Table, card, facts_of, ranking, ranking_table, since
from wrapped_assets.stories.catalogue import message
from wrapped_assets.stories.data import Row, StoryData
from wrapped_assets.stories.figures.strokes import month_bars
from wrapped_assets.stories.headlines import headline
from wrapped_assets.stories.milder import Told, milder


@card("discoveries", "discovery_months", place=250, beat="new", scale=Scale("new_artist_count", 0, 400))
def discoveries(data: StoryData) -> Card | None:
    """How many artists and songs were heard for the first time, by month where that is known."""
    row, told, say = data.first("discoveries"), data.language, data.language.say
    artists, recordings = phrases.number(row.get("new_artist_count")), phrases.number(row.get("new_recording_count"))
    if not artists and not recordings:
        return None
    months = [
        (each["month"], phrases.number(each.get("new_recording_count")) or 0, phrases.number(each.get("new_artist_count")) or 0)
        for each in data.rows("discovery_months")
        if phrases.month_number(each.get("month"))
    ]
    facts = facts_of(
        (told.count(recordings) if artists else "", told.label(recordings, "new songs"), ON),
        (told.day(row.get("biggest_discovery_date"), data.year), say("the most curious day")),
    )
    known = since(row, data)
    note = say("New means: not heard since {day}, where the known history begins.", day=told.day(known)) if known else ""
    figure = table = None
    has_figure = any(songs for _, songs, _ in months)
    if has_figure:
        figure = month_bars([(month, songs) for month, songs, _ in months], say("New songs"), told)
        table = Table(
            say("First heard, by month"), (say("Month"), say("New songs"), say("New artists")),
            tuple((told.month(month), told.count(songs), told.count(new)) for month, songs, new in months),
        )  # fmt: skip
    return Card(
        "discoveries", "discovery", say("New to you"), headline("discoveries", data), facts=facts, note=note, figure=figure, table=table,
        series=Series(tuple(songs for _, songs, _ in months), beside=say("new songs, month by month")) if has_figure else None,
    )  # fmt: skip


@card("top_discoveries", place=260, follows="discoveries", least_rows=2)
def top_discoveries(data: StoryData) -> Card | None:
    """The new songs that stayed."""
    told, say = data.language, data.language.say
    places = ranking(data.rows("top_discoveries"), "recording_name", "artist_name", 50, told)
    if not places:
        return None
    return Card(
        "top_discoveries", "discovery", say("Found and kept"), headline("top_discoveries", data), ranked=places[:7],
        table=ranking_table(say("Songs first heard this year, by listens"), places, say("Song"), told),
    )  # fmt: skip


@milder("discoveries")
def _one_or_songs_alone(rows: Sequence[Row]) -> Told:
    artists, songs = (phrases.number(rows[0].get(column)) for column in ("new_artist_count", "new_recording_count"))
    if artists == 1:
        return message("One artist was new to you."), rows[0]
    if artists or not songs:
        return None
    return message("One song was new to you.") if songs == 1 else message("{new_recording_count} songs were new to you."), rows[0]

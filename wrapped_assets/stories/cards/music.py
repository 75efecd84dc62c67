"""Cards of what was heard: songs, artists, their race, albums."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from wrapped_assets.stories import phrases
from wrapped_assets.stories.cards.beside import compared
from wrapped_assets.stories.cards.card import ON, Card, Scale, Table, card, facts_of, ranking, ranking_table
from wrapped_assets.stories.data import Row, StoryData
from wrapped_assets.stories.figures.race import race
from wrapped_assets.stories.figures.record import grooves
from wrapped_assets.stories.headlines import Part, headline


@card("top_recordings", place=30, beat="song", scale=Scale("listen_count", 0, 60, least=2))
def top_song(data: StoryData) -> Card | None:
    """The year's first song alone on a card."""
    row, told, say = data.first("top_recordings"), data.language, data.language.say
    if not row.get("recording_name"):
        return None
    played = phrases.number(row.get("ms_played"))
    first = phrases.local(row.get("first_listened_at"), data.time_zone)
    facts = facts_of(
        (phrases.name(row.get("artist_name"), ""), say("by")),
        (told.duration(played / 60_000) if played else "", say("spent with it"), ON),
        (told.day(first, data.year) if first else "", say("first time this year")),
    )
    listens = phrases.number(row.get("listen_count"))
    number = f"{told.count(listens)}×" if listens is not None else ""
    figure = grooves(int(row["listen_count"]), told) if number else None
    return Card("top_song", "music", say("Top song"), headline("top_recordings", data), number, facts=facts, figure=figure)


@card("top_recordings", place=40, follows="top_recordings")
def top_recordings(data: StoryData) -> Card | None:
    """The ten most heard songs; up to fifty in the table."""
    told, say = data.language, data.language.say
    places = ranking(data.rows("top_recordings"), "recording_name", "artist_name", 50, told)
    if len(places) < 2:
        return None
    heard = (Part(say("The songs you came back to.")),)
    table = ranking_table(say("Top songs by listens"), places, say("Song"), told)
    return Card("top_recordings", "music", say("Top songs"), heard, ranked=places[:10], table=table)


@card(
    "top_artists", "artists_before", place=60, beat="artists", second_choice=True,
    scale=Scale("listen_count", 0, 250, least=2), least_rows=2,
)
def top_artists(data: StoryData) -> Card | None:
    """The five most heard artists; up to fifty in the table."""
    told, say = data.language, data.language.say
    places = ranking(data.rows("top_artists"), "artist_name", "", 50, told)
    if not places:
        return None
    beside = {row.get("artist_id"): row for row in data.rows("artists_before")}
    ids = [row.get("artist_id") for row in data.rows("top_artists") if row.get("artist_name")]
    places = tuple(replace(place, credit=_beside(beside.get(key, {}), data)) for place, key in zip(places, ids, strict=False))
    is_told = _race_of(data) is not None  # by the race, which says who was first
    title = say("Beside {year}", year=data.title_before)
    said = (Part(say("The artists you came back to.")),) if is_told else headline("top_artists", data)
    return Card(
        "top_artists", "music", say("Top artists"), said, ranked=places[:5],
        table=ranking_table(say("Top artists by listens"), places, say("Artist"), told, credit=title),
    )  # fmt: skip


def _beside(row: Row, data: StoryData) -> str:
    now, before = phrases.number(row.get("listen_count")), phrases.number(row.get("before_listen_count"))
    return compared(now, before, data) if now is not None and before is not None else ""


_Artist = tuple[Any, str]  # an id, where there is one, and a name


@dataclass(frozen=True)
class _Race:
    """The race's lines by artist: listens up to each month; the month of the peak where one is marked."""

    months: list[str]
    lines: dict[_Artist, dict[str, float]]
    peaks: dict[_Artist, str]


def _race_of(data: StoryData) -> _Race | None:
    """The race, or None where it has fewer than two artists, or all of it was heard in one month."""
    lines: dict[_Artist, dict[str, float]] = {}
    peaks: dict[_Artist, str] = {}
    for row in data.rows("artist_race"):
        total, month = phrases.number(row.get("cumulative_listen_count")), row.get("month")
        if total is None or not isinstance(month, str) or not phrases.month_number(month) or not row.get("artist_name"):
            continue
        key = (row.get("artist_id"), str(row["artist_name"]))
        lines.setdefault(key, {})[month] = total
        if row.get("is_peak_month"):
            peaks[key] = month
    months = sorted({month for line in lines.values() for month in line})
    sums = {sum(line.get(month, 0) for line in lines.values()) for month in months} - {0}
    return _Race(months, lines, peaks) if len(lines) > 1 < len(sums) else None


@card("artist_race", place=70, follows="top_artists", beat="artists")
def artist_race(data: StoryData) -> Card | None:
    """The top five's cumulative listens by month; needs two months with listens and two artists."""
    told, say, found = data.language, data.language.say, _race_of(data)
    if found is None:
        return None
    months, lines, peaks = found.months, found.lines, found.peaks
    names = {key: phrases.name(key[1]) for key in lines}
    final = {key: line[max(line)] for key, line in lines.items()}
    # Equals keep the order of the year's ranking, and without one that of the rows.
    places_of = {row.get("artist_id"): place for place, row in enumerate(data.rows("top_artists"))}
    order = sorted(final, key=lambda key: (-final[key], places_of.get(key[0], len(places_of))))[:5]
    figure = race([(names[key], lines[key]) for key in order], months, told)
    top = final[order[0]] or 1
    places = ranking([{"name": names[key], "listen_count": final[key]} for key in order], "name", "", 5, told)
    places = tuple(
        replace(
            place, share=final[key] / top, count="",  # the ranking before has told it
            credit=say("peak: {month}", month=told.month(peaks[key], "abbreviated")) if key in peaks else "",
        )
        for place, key in zip(places, order, strict=True)
    )  # fmt: skip
    table = Table(
        say("Cumulative listens by month"), (say("Month"), *(names[key] for key in order)),
        tuple((told.month(month), *(told.count(lines[key].get(month)) for key in order)) for month in months),
    )  # fmt: skip
    return Card(
        "artist_race", "music", say("The race"), headline("top_artists" if data.first("top_artists") else "artist_race", data),
        ranked=places, figure=figure, table=table,
    )  # fmt: skip


@card("top_release_groups", place=80, beat="albums", scale=Scale("listen_count", 0, 300, least=3), least_rows=2)
def top_release_groups(data: StoryData) -> Card | None:
    """The five albums that were heard most, and heard through; up to fifty in the table. The numbers are those that they are sorted by."""
    told, say, rows = data.language, data.language.say, data.rows("top_release_groups")
    is_scored = any(row.get("is_track_count_known") for row in rows)
    by = "release_group_score" if is_scored else "listen_count"
    places = ranking(rows, "release_group_name", "artist_name", 50, told, by=by)
    if not places:
        return None
    if is_scored:
        note = say("Sorted by score: listens, fewer where they were of a few of the album’s songs. An album of unknown tracks keeps all.")
    else:
        note = say("By listens: how many tracks they have is not known.")
    return Card(
        "top_release_groups", "music", say("Top albums"), headline("top_release_groups", data), ranked=places[:5],
        table=ranking_table(say("Top albums"), places, say("Album"), told, unit=say("Score") if is_scored else ""), note=note,
    )  # fmt: skip

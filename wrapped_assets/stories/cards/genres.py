"""Cards of what kind of music it was, and from when: genres, their hours, the year's spans, release years, a listening age."""

from __future__ import annotations

from dataclasses import replace

from wrapped_assets.stories import phrases
from wrapped_assets.stories.cards.beside import compared
from wrapped_assets.stories.cards.card import ON, Card, Fact, Scale, Table, card, facts_of, ranking, ranking_table
from wrapped_assets.stories.catalogue import message
from wrapped_assets.stories.data import StoryData
from wrapped_assets.stories.figures.charts import columns_chart, dot_grid, spans
from wrapped_assets.stories.headlines import headline

DAYPARTS = {
    "morning": message("morning"), "afternoon": message("afternoon"), "evening": message("evening"), "night": message("night"),
}  # fmt: skip

LEAST_MONTHS = 3  # from the first that was heard to the last: one month beside another is no year with seasons


@card(
    "top_genres", "genres_before", place=90, beat="genres", needs=("genre_name", "genre_listens"),
    scale=Scale("genre_listen_share", 0.1, 0.6), least_rows=2,
)
def top_genres(data: StoryData) -> Card | None:
    """The genres by listens, which are split evenly over a song's genres."""
    told, say = data.language, data.language.say
    rows = data.rows("top_genres")
    places = ranking(rows, "genre_name", "", 20, told, by="genre_listens")
    if not places:
        return None
    then = {row.get("genre_name"): row.get("before_genre_listens") for row in data.rows("genres_before")}
    beside = [
        compared(row["genre_listens"], before, data) if (before := phrases.number(then.get(row["genre_name"]))) else "" for row in rows
    ]
    places = tuple(replace(place, credit=credit) for place, credit in zip(places, beside, strict=False))
    return Card(
        "top_genres", "music", say("Top genres"), headline("top_genres", data), ranked=places[:5],
        table=ranking_table(say("Top genres by listens"), places, say("Genre"), told, credit=say("Beside {year}", year=data.title_before)),
    )  # fmt: skip


@card("genre_clock", place=100, follows="top_genres", needs=("genre_name", "day_part", "genre_listens"))
def genre_clock(data: StoryData) -> Card | None:
    """Five genres by the parts of the day."""
    told, say = data.language, data.language.say
    cells: dict[tuple[str, str], float] = {}
    for row in data.rows("genre_clock"):
        count, part = phrases.number(row.get("genre_listens")), row.get("day_part")
        if row.get("genre_name") and part in DAYPARTS and count:
            cells[phrases.name(row["genre_name"]), part] = count
    names = list(dict.fromkeys(name for name, _ in cells))
    order = sorted(names, key=lambda name: (-sum(cells.get((name, part), 0) for part in DAYPARTS), name))[:6]
    if not order:
        return None
    parts = [say(label) for label in DAYPARTS.values()]
    values = {(row, column): cells.get((name, part), 0) for row, name in enumerate(order) for column, part in enumerate(DAYPARTS)}
    fullest = [max(range(len(DAYPARTS)), key=lambda column: values[row, column]) for row in range(len(order))]
    if len(set(fullest)) < 2:  # all have the hours of the listener
        return None
    table = Table(
        say("Listens by genre and part of the day"), (say("Genre"), *parts),
        tuple((name, *(told.count(cells.get((name, part), 0)) for part in DAYPARTS)) for name in order),
    )  # fmt: skip
    return Card(
        "genre_clock", "music", say("Genres around the clock"), headline("genre_clock", data),
        figure=dot_grid(order, parts, values, table.caption), table=table, note=say("The larger a dot, the more listens."),
        in_text=tuple(Fact(parts[column], name) for name, column in zip(order, fullest, strict=True)),
    )  # fmt: skip


@card("music_evolution", place=110, beat="genres", needs=("first_month", "last_month"))
def music_evolution(data: StoryData) -> Card | None:
    """The year in at most three spans of months, each with its genres and artists; one span is no evolution."""
    told, say = data.language, data.language.say
    found: dict[tuple[int, int], dict[str, list[str]]] = {}
    for row in data.rows("music_evolution"):
        first, last = phrases.month_number(row.get("first_month")), phrases.month_number(row.get("last_month"))
        if first and last and first <= last:
            names = found.setdefault((first, last), {"genre_name": [], "artist_name": []})
            for column, known in names.items():
                known += [phrases.name(row[column])] if row.get(column) and phrases.name(row[column]) not in known else []
    months_told = max((last for _, last in found), default=0) - min((first for first, _ in found), default=0) + 1
    if len(found) < 2 or months_told < LEAST_MONTHS:
        return None
    parts = [(span, names["genre_name"], names["artist_name"]) for span, names in sorted(found.items())[:3]]
    months = [
        told.month(first) if first == last else say("{first} to {last}", first=told.month(first), last=told.month(last))
        for (first, last), _, _ in parts
    ]
    facts = facts_of(
        *(
            (told.listed((genres or artists)[:2]), " · ".join([month, *(artists[:1] if genres else ())]))
            for (_, genres, artists), month in zip(parts, months, strict=True)
        )
    )
    band = spans([(*span, next(iter([*genres, *artists]), "–")) for span, genres, artists in parts], say("The year in parts"), told)
    rows = tuple((month, ", ".join(genres), ", ".join(artists)) for (_, genres, artists), month in zip(parts, months, strict=True))
    table = Table(say("The year in parts"), (say("Months"), say("Genres"), say("Artists")), rows)
    return Card("music_evolution", "music", say("Evolution"), headline("music_evolution", data), facts=facts, figure=band, table=table)


@card("release_years", place=120, beat="genres", second_choice=True, needs=("release_year", "listen_count"))
def release_years(data: StoryData) -> Card | None:
    """Listens by decade of release, with the median year."""
    told, say = data.language, data.language.say
    rows = data.rows("release_years")
    decades: dict[int, float] = {}
    for row in rows:
        year, count = phrases.number(row.get("release_year")), phrases.number(row.get("listen_count"))
        if year and count:
            decades[int(year) // 10 * 10] = decades.get(int(year) // 10 * 10, 0) + count
    if not decades:
        return None
    every = range(max(min(decades), max(decades) - 90), max(decades) + 10, 10)
    values = [(f"{decade % 100:02d}", decades.get(decade, 0)) for decade in every]
    first = rows[0]
    years = {row["release_year"]: phrases.number(row.get("listen_count")) or 0 for row in rows if phrases.number(row.get("release_year"))}
    fullest = max(years, key=lambda year: (years[year], year))
    facts = facts_of(
        (str(fullest), say("the year that you played most")),
        (phrases.name(first.get("oldest_recording_name"), ""), say("the oldest song, from {year}", year=str(min(years)))),
    )
    table = Table(
        say("Listens by decade of release"), (say("Decade"), say("Listens")),
        tuple((say("{year}s", year=str(decade)), told.count(count)) for decade, count in sorted(decades.items())),
    )  # fmt: skip
    return Card(
        "release_years", "music", say("Release years"), headline("release_years", data), facts=facts,
        figure=columns_chart(values, table.caption, told), table=table,
    )  # fmt: skip


@card("listening_age", place=320, beat="identity", second_choice=True, needs=("listening_age",))
def listening_age(data: StoryData) -> Card | None:
    """The age that the music suggests, with what it is reckoned from."""
    row, told, say = data.first("listening_age"), data.language, data.language.say
    age = phrases.number(row.get("listening_age"))
    if age is None:
        return None
    first, last = row.get("first_release_year"), row.get("last_release_year")
    people = told.counted(row["listener_count"], "listeners") if phrases.number(row.get("listener_count")) else ""
    by_age = phrases.number(row.get("birth_band"))
    others = say("of others born in the same five years") if by_age else say("of others’ listens")
    facts = facts_of(
        (f"{first}–{last}" if first and last else "", say("the years that you play most above others")),
        (told.percent(row.get("window_share")), say("of your listens"), ON),
        (told.percent(row.get("population_window_share")), others, ON),
    )
    note = " ".join(
        filter(None, (
            say("Whoever was 16 to 21 when this music came out is about that old today."),
            say("Compared with {people}.", people=people) if people else "",
        ))
    )  # fmt: skip
    sentence = headline("listening_age", data)
    return Card("listening_age", "community", say("Listening age"), sentence, told.count(age), facts=facts, note=note)

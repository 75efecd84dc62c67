"""Cards of what lasted: the song's story, artists of every month, artists that came back, and how varied it all was."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from wrapped_assets.stories import phrases
from wrapped_assets.stories.cards.card import ON, Card, Ranked, Scale, Table, card, facts_of, since
from wrapped_assets.stories.catalogue import message
from wrapped_assets.stories.data import Row, StoryData
from wrapped_assets.stories.figures.strokes import hundredths, month_bars
from wrapped_assets.stories.headlines import headline
from wrapped_assets.stories.milder import Told, milder, rounded_up

_SHOWN = 6
_STRIKING_DAY = 3  # listens
_NOTABLE_SHARE = 0.1  # an artist with less of the listens says only how spread they are


@card("recording_story", "recording_story_months", place=50, follows="top_recordings")
def recording_story(data: StoryData) -> Card | None:
    """The song of the year by month, with the day it was first heard and its best one."""
    row, told, say = data.first("recording_story"), data.language, data.language.say
    if not row.get("recording_name"):
        return None
    months = [
        (str(each["month"]), phrases.number(each.get("listen_count")) or 0)
        for each in data.rows("recording_story_months")
        if phrases.month_number(each.get("month"))
    ]
    if sum(listens > 0 for _, listens in months) == 1 and (phrases.number(row.get("best_day_listen_count")) or 0) < _STRIKING_DAY:
        return None  # a story of one month and no day
    first = phrases.local(row.get("first_heard_at"), data.time_zone)
    days = phrases.number(row.get("active_day_count"))
    facts = facts_of(
        (told.day(first) if first else "", say("first listen ever")),
        (told.counted(days, "days") if days else "", say("with this song this year"), ON),
    )
    figure = table = None
    has_figure = any(listens for _, listens in months)
    if has_figure:
        figure = month_bars(months, say("Listens"), told)
        rows = tuple((told.month(month), told.count(listens)) for month, listens in months)
        table = Table(say("Listens of the song by month"), (say("Month"), say("Listens")), rows)
    known = since(row, data)
    return Card(
        "recording_story", "music", say("The story of a song"), headline("recording_story", data), facts=facts, figure=figure, table=table,
        note=say("“Ever” means since {day}, where the known history begins.", day=told.day(known)) if known else "",
    )  # fmt: skip


@card("loyalty", place=190, beat="habit", scale=Scale("loyal_year_count", 0, 5))
def loyalty(data: StoryData) -> Card | None:
    """The artists of every month, with the years that it has been so."""
    rows, told, say = [row for row in data.rows("loyalty") if row.get("artist_name")], data.language, data.language.say
    if not rows:
        return None
    years = [phrases.number(row.get("loyal_year_count")) or 1 for row in rows]
    in_a_row = ["" if count < 2 else say("{years:years} in a row", years=count) for count in years]
    known = since(rows[0], data)
    note = say("Years are counted since {day}, where the known history begins.", day=told.day(known)) if known else ""
    if len(rows) == 1:
        facts = facts_of((told.counted(rows[0].get("listen_count"), "listens"), say("this year")), (in_a_row[0], say("in every month")))
        return Card("loyalty", "habits", say("Every month"), headline("loyalty", data), facts=facts, note=note)
    told_already = {row.get("artist_name") for row in data.rows("top_artists")[:5]}  # with these numbers
    credited = (say("Years in a row"), in_a_row)
    shown = _ranked("loyalty", "habits", say("Every month"), rows, credited, "listen_count", say("Listens"), data, note)
    if not told_already.intersection(row["artist_name"] for row in rows):
        return shown
    return replace(shown, ranked=tuple(replace(each, count="") for each in shown.ranked))


@card("comebacks", place=270, beat="new", second_choice=True, scale=Scale("silence_day_count", 365, 2000))
def comebacks(data: StoryData) -> Card | None:
    """The artists that came back, with the day and the length of the silence."""
    rows, told, say = [row for row in data.rows("comebacks") if row.get("artist_name")], data.language, data.language.say
    if not rows:
        return None
    if len(rows) == 1:
        row = rows[0]
        facts = facts_of(
            (told.day(row.get("silent_since_date"), data.year), say("last heard before")),
            (told.day(row.get("comeback_date"), data.year), say("heard again")),
            (told.counted(row.get("listen_count"), "listens"), say("this year")),
        )
        return Card("comebacks", "discovery", say("Welcome back"), headline("comebacks", data), facts=facts)
    back = [say("back on {day}", day=told.day(row.get("comeback_date"), data.year)) for row in rows]
    note = say("Days without a listen, from the last one before to the first one after.")
    credited = (say("heard again"), back)
    return _ranked("comebacks", "discovery", say("Welcome back"), rows, credited, "silence_day_count", say("Days"), data, note)


def _ranked(
    insight: str, chapter: str, label: str, rows: list[Row], credited: tuple[str, list[str]], by: str, unit: str, data: StoryData, note: str
) -> Card:  # fmt: skip
    told = data.language
    most = max(phrases.number(row.get(by)) or 0 for row in rows) or 1
    places = tuple(
        Ranked(place, phrases.name(row["artist_name"]), credit, told.count(row.get(by)), (phrases.number(row.get(by)) or 0) / most)
        for place, (row, credit) in enumerate(zip(rows, credited[1], strict=True), 1)
    )
    table = Table(label, (told.say("Artist"), credited[0], unit), tuple((each.name, each.credit, each.count) for each in places))
    return Card(insight, chapter, label, headline(insight, data), ranked=places[:_SHOWN], table=table, note=note)


@card("variety", place=200, beat="habit", second_choice=True, scale=Scale("top_artist_share", 0.05, 0.5))
def variety(data: StoryData) -> Card | None:
    """How much was one artist, how much was heard before, and how much was skipped."""
    row, told, say = data.first("variety"), data.language, data.language.say
    if not row.get("artist_name"):
        return None
    facts = facts_of(
        (told.percent(row.get("artist_evenness_share")), say("evenness over artists; 100 is as much of each")),
        (told.percent(row.get("repeat_share") or None), say("of listens were repeats"), ON),
        (told.percent(row.get("skip_share") or None), say("of plays skipped"), ON),
    )
    share = phrases.number(row.get("top_artist_share"))
    label = say("{share:percent} of the listens, as dots of a hundred.", share=share)
    figure = hundredths(share, label) if share else None
    return Card("variety", "habits", say("Variety"), headline("variety", data), facts=facts, figure=figure)


@milder("recording_story")
def _without_a_day_of_its_own(rows: Sequence[Row]) -> Told:
    count = phrases.number(rows[0].get("best_day_listen_count"))
    return (message("{recording}, month by month."), rows[0]) if count is not None and count < _STRIKING_DAY else None


@milder("variety")
def _without_a_favourite(rows: Sequence[Row]) -> Told:
    share = phrases.number(rows[0].get("top_artist_share"))
    if share is None or share >= _NOTABLE_SHARE:
        return None
    return message("No artist had more than {top_artist_share} of your listens."), rounded_up(rows[0], "top_artist_share")

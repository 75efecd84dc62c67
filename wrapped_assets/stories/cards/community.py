"""Cards of the listener against everybody: ranks, a personality, early ears."""

from __future__ import annotations

import math
from collections.abc import Sequence

from wrapped_assets.stories import phrases
from wrapped_assets.stories.cards.card import ON, Card, Ranked, Scale, Table, card, facts_of, since
from wrapped_assets.stories.catalogue import message
from wrapped_assets.stories.data import Row, StoryData
from wrapped_assets.stories.figures.charts import badge, poles
from wrapped_assets.stories.headlines import headline
from wrapped_assets.stories.milder import Told, as_share, milder

# Each axis: its column, the share of people below which is the left pole, and the words of both poles.
AXES = (
    ("explorer_share", message("familiar"), message("explorer")),
    ("variety_share", message("loyal"), message("varied")),
    ("newness_share", message("timeless"), message("brand new")),
    ("mainstream_share", message("niche"), message("mainstream")),
)


def _of(row: Row, data: StoryData, column: str = "listener_count") -> str:
    return data.language.say("of {people:listeners}", people=row.get(column)) if phrases.number(row.get(column)) else ""


def _among_the_first(share: float | None, data: StoryData) -> str:
    """Of how many of hundred one stands among the first, rounded up; nothing where the headline says it."""
    if not share or not 0 < share <= 0.1:  # behind it the headline says so
        return ""
    return data.language.say("You are among the first {share:percent}.", share=math.ceil(share * 100) / 100)


@card(
    "fan_rank", place=300, beat="people", needs=("artist_name", "fan_rank", "listener_count"),
    scale=Scale("fan_share", 0.5, 0.01, most=0.25),
)
def fan_rank(data: StoryData) -> Card | None:
    """The best rank among an artist's listeners as a badge, the others below."""
    told, say = data.language, data.language.say
    rows = [row for row in data.rows("fan_rank") if row.get("artist_name") and phrases.number(row.get("fan_rank"))]
    if not rows:
        return None
    best = rows[0]
    people = phrases.number(best.get("listener_count")) or 0
    rank = told.say("No. {rank}", rank=best["fan_rank"])
    behind = 1 - (best["fan_rank"] - 1) / people if people else 1.0
    label = say("{rank} among the listeners of {artist}.", rank=rank, artist=phrases.name(best["artist_name"]))
    ranked = tuple(
        Ranked(
            place, phrases.name(row["artist_name"]),
            say("No. {rank} of {people:listeners}", rank=row["fan_rank"], people=row["listener_count"]), "", 0.0,
        )
        for place, row in enumerate(rows[1:4], 2)
    )  # fmt: skip
    figure = badge(rank, _of(best, data), behind, label)
    share, minutes = phrases.number(best.get("fan_share")), phrases.number(best.get("minutes_fan_rank"))
    notes = (
        _among_the_first(share, data),
        say("By minutes you are number {rank}.", rank=minutes) if minutes else "",
    )
    table = Table(
        say("Your ranks"), (say("Artist"), say("Rank"), say("By minutes"), say("Listeners")),
        tuple(
            (phrases.name(row["artist_name"]), *(told.count(row.get(of)) for of in ("fan_rank", "minutes_fan_rank", "listener_count")))
            for row in rows
        ),
    )  # fmt: skip
    return Card(
        "fan_rank", "community", say("Fan rank"), headline("fan_rank", data), ranked=ranked, figure=figure, table=table,
        note=" ".join(filter(None, notes)),
    )  # fmt: skip


@card(
    "minutes_rank", place=310, beat="people", second_choice=True, needs=("minutes_rank", "listener_count"),
    scale=Scale("minutes_rank_share", 0.5, 0.01, most=0.25),
)
def minutes_rank(data: StoryData) -> Card | None:
    """The place among all listeners, and among those of the country."""
    row, told, say = data.first("minutes_rank"), data.language, data.language.say
    rank, people = phrases.number(row.get("minutes_rank")), phrases.number(row.get("listener_count"))
    if not rank or not people:
        return None
    country, of = phrases.number(row.get("country_minutes_rank")), phrases.number(row.get("country_listener_count"))
    facts = facts_of(
        (say("No. {rank}", rank=country) if country else "", told.country(row["country"]) if row.get("country") else say("your country")),
        (told.counted(of, "listeners") if of else "", say("counted there"), ON),
    )
    number, share = say("No. {rank}", rank=rank), phrases.number(row.get("minutes_rank_share"))
    note = _among_the_first(share, data)
    figure = badge(number, _of(row, data), 1 - (rank - 1) / people, say("{rank} by minutes.", rank=number))
    return Card("minutes_rank", "community", say("By minutes"), headline("minutes_rank", data), facts=facts, figure=figure, note=note)


@card("listening_personality", place=330, beat="identity", needs=tuple(column for column, _, _ in AXES), named_by="personality_name")
def listening_personality(data: StoryData) -> Card | None:
    """Four axes between poles, each against the middle of all listeners."""
    row, told, say = data.first("listening_personality"), data.language, data.language.say
    axes = [(say(left), say(right), share) for column, left, right in AXES if (share := phrases.number(row.get(column))) is not None]
    if not axes:
        return None
    people = phrases.number(row.get("listener_count"))
    rows = tuple((left, right, told.percent(place)) for left, right, place in axes)
    table = Table(say("Your four axes"), (say("From"), say("To"), say("Place")), rows)
    return Card(
        "listening_personality", "community", say("Personality"), headline("listening_personality", data),
        figure=poles(axes, say("Your four axes")), table=table,
        note=say("The middle of each line is where half of {people:listeners} are on either side.", people=people) if people else "",
    )  # fmt: skip


@card(
    "early_listener", place=340, beat="people", needs=("recording_name", "early_day_count"),
    scale=Scale("early_day_count", 0, 365, least=1),
)
def early_listener(data: StoryData) -> Card | None:
    """Songs that the listener heard before most others."""
    told, say = data.language, data.language.say
    rows = [row for row in data.rows("early_listener") if row.get("recording_name")]
    if not rows:
        return None
    if len(rows) == 1:
        heard = told.day(rows[0].get("first_heard_date"))
        facts = facts_of((phrases.name(rows[0].get("artist_name"), ""), say("by")), (heard, say("first listen ever")))
        return Card("early_listener", "community", say("Early ears"), headline("early_listener", data), facts=facts)
    days = [phrases.number(row.get("early_day_count")) or 0 for row in rows]
    most = max(days) or 1
    places = tuple(
        Ranked(
            place, phrases.name(row["recording_name"]), phrases.name(row.get("artist_name"), ""), told.count(count), max(0.0, count / most)
        )
        for place, (row, count) in enumerate(zip(rows, days, strict=True), 1)
    )
    dates = tuple(tuple(told.day(row.get(of)) for of in ("first_heard_date", "passed_date")) for row in rows)
    table = Table(
        say("Songs that you heard early"), (say("Song"), say("Artist"), say("First heard"), say("Thousandth listen"), say("Days")),
        tuple((each.name, each.credit, *both, each.count) for each, both in zip(places, dates, strict=True)),
    )  # fmt: skip
    known = since(rows[0], data)
    notes = (
        say("Days before the thousandth listen of everybody here."),
        say("Your history is known since {day}.", day=told.day(known)) if known else "",
    )
    return Card(
        "early_listener", "community", say("Early ears"), headline("early_listener", data), ranked=places[:5], table=table,
        note=" ".join(filter(None, notes)),
    )  # fmt: skip


@milder("listening_personality")
def _without_a_name(rows: Sequence[Row]) -> Told:
    return None if rows[0].get("personality_name") else (message("Where you stand among {listener_count:listeners}."), rows[0])


@milder("fan_rank")
def _fan_share(rows: Sequence[Row]) -> Told:
    return as_share(message("You are among the first {fan_share} of {artist}'s {listener_count} listeners."), rows[0], "fan_share")


@milder("minutes_rank")
def _minutes_share(rows: Sequence[Row]) -> Told:
    sentence = message("By minutes you are among the first {minutes_rank_share} of {listener_count:listeners}.")
    return as_share(sentence, rows[0], "minutes_rank_share")

"""Cards of the listener against everybody: ranks, a personality, early ears, clubs, people of like taste."""

from __future__ import annotations

from wrapped_assets.stories import phrases
from wrapped_assets.stories.cards.card import Card, CardMaker, Ranked, Table, facts_of
from wrapped_assets.stories.catalogue import message
from wrapped_assets.stories.data import Row, StoryData
from wrapped_assets.stories.figures.charts import badge, poles
from wrapped_assets.stories.headlines import headline

# Each axis: its column, the share of people below which is the left pole, and the words of both poles.
AXES = (
    ("explorer_share", message("familiar"), message("explorer")),
    ("variety_share", message("loyal"), message("varied")),
    ("newness_share", message("timeless"), message("brand new")),
    ("mainstream_share", message("niche"), message("mainstream")),
)


def _of(row: Row, data: StoryData, column: str = "listener_count") -> str:
    return data.language.say("of {people:listeners}", people=row.get(column)) if phrases.number(row.get(column)) else ""


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
        Ranked(place, phrases.name(row["artist_name"]), _of(row, data), say("No. {rank}", rank=row["fan_rank"]), 0.0)
        for place, row in enumerate(rows[1:4], 2)
    )
    figure = badge(rank, _of(best, data), behind, label)
    return Card("fan_rank", "community", say("Fan rank"), headline("fan_rank", data), ranked=ranked, figure=figure)


def minutes_rank(data: StoryData) -> Card | None:
    """The place among all listeners, and among those of the country."""
    row, told, say = data.first("minutes_rank"), data.language, data.language.say
    rank, people = phrases.number(row.get("minutes_rank")), phrases.number(row.get("listener_count"))
    if not rank or not people:
        return None
    country, of = phrases.number(row.get("country_minutes_rank")), phrases.number(row.get("country_listener_count"))
    facts = facts_of(
        (say("No. {rank}", rank=country) if country else "", told.country(row["country"]) if row.get("country") else say("your country")),
        (told.counted(of, "listeners") if of else "", say("counted there")),
    )
    number = say("No. {rank}", rank=rank)
    figure = badge(number, _of(row, data), 1 - (rank - 1) / people, say("{rank} by minutes.", rank=number))
    return Card("minutes_rank", "community", say("By minutes"), headline("minutes_rank", data), facts=facts, figure=figure)


def listening_personality(data: StoryData) -> Card | None:
    """Four axes between poles, each against the middle of all listeners."""
    row, told, say = data.first("listening_personality"), data.language, data.language.say
    axes = [
        (say(left), say(right), share) for column, left, right in AXES if (share := phrases.number(row.get(column))) is not None
    ]
    if not axes:
        return None
    rows = tuple((left, right, told.percent(place)) for left, right, place in axes)
    table = Table(say("Your four axes"), (say("From"), say("To"), say("Place")), rows)
    return Card(
        "listening_personality", "community", say("Personality"), headline("listening_personality", data),
        figure=poles(axes, say("Your four axes")), table=table,
        note=say("The middle of each line is where half of all listeners are on either side."),
    )  # fmt: skip


def early_listener(data: StoryData) -> Card | None:
    """Songs that the listener heard before most others."""
    told, say = data.language, data.language.say
    rows = [row for row in data.rows("early_listener") if row.get("recording_name")]
    if not rows:
        return None
    named = [(phrases.name(row["recording_name"]), phrases.name(row.get("artist_name"), ""), row.get("first_heard_date")) for row in rows]
    places = tuple(Ranked(place, song, artist, told.day(first), 0) for place, (song, artist, first) in enumerate(named[:7], 1))
    return Card("early_listener", "community", say("Early ears"), headline("early_listener", data), ranked=places)


def clubs(data: StoryData) -> Card | None:
    """The club that the listener's genres lead to."""
    row, told, say = data.first("clubs"), data.language, data.language.say
    if not row.get("club_name"):
        return None
    facts = facts_of((told.percent(row.get("club_share")), say("of your listens")), (_of(row, data), say("members")))
    return Card("clubs", "community", say("Your club"), headline("clubs", data), facts=facts)


def similar_listeners(data: StoryData) -> Card | None:
    """People of like taste who agreed to be found."""
    told, say = data.language, data.language.say
    rows = [row for row in data.rows("similar_listeners") if row.get("similar_listener_name")]
    if not rows:
        return None
    places = tuple(
        Ranked(place, phrases.name(row["similar_listener_name"]), "", told.percent(row.get("similarity_share")),
               max(0.0, min(1.0, phrases.number(row.get("similarity_share")) or 0)))
        for place, row in enumerate(rows[:7], 1)
    )  # fmt: skip
    return Card(
        "similar_listeners", "community", say("Like-minded"), headline("similar_listeners", data), ranked=places,
        note=say("Only people who agreed to be found are named."),
    )  # fmt: skip


FAN_RANK = CardMaker(("fan_rank",), fan_rank, needs=("artist_name", "fan_rank", "listener_count"))
MINUTES_RANK = CardMaker(("minutes_rank",), minutes_rank, needs=("minutes_rank", "listener_count"))
PERSONALITY = CardMaker(("listening_personality",), listening_personality, needs=tuple(column for column, _, _ in AXES))
EARLY = CardMaker(("early_listener",), early_listener, needs=("recording_name",))
CLUBS = CardMaker(("clubs",), clubs, needs=("club_name",))
SIMILAR = CardMaker(("similar_listeners",), similar_listeners, needs=("similar_listener_name", "similarity_share"))

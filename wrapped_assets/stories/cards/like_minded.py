"""Cards of the listener among people of like taste: a club, and those who agreed to be found."""

from __future__ import annotations

from wrapped_assets.stories import phrases
from wrapped_assets.stories.cards.card import ON, Card, Ranked, Scale, card, facts_of
from wrapped_assets.stories.data import StoryData
from wrapped_assets.stories.figures.charts import badge
from wrapped_assets.stories.figures.together import two_discs
from wrapped_assets.stories.headlines import headline
from wrapped_assets.vocabulary.clubs import GENRES_OF_CLUBS

_FEW = 3  # people of like taste, or fewer, leave room for a picture


@card("clubs", place=350, beat="identity", second_choice=True, needs=("club_name",), scale=Scale("club_share", 0.1, 0.7))
def clubs(data: StoryData) -> Card | None:
    """The club that the listener's genres lead to."""
    row, told, say = data.first("clubs"), data.language, data.language.say
    if not row.get("club_name"):
        return None
    members, listens = phrases.number(row.get("listener_count")), row.get("club_listen_count")
    share, role = phrases.number(row.get("club_share")) or 0, told.word(row["club_role"]) if row.get("club_role") else ""
    genres = facts_of((told.listed(GENRES_OF_CLUBS.get(row["club_name"], ())[:2]), say("its genres")))
    heard = facts_of((told.counted(listens, "listens") if listens else "", say("of its genres"), ON))
    people = say("of {people:members}", people=members) if members else ""
    inside = (role, people) if role else (told.count(listens), told.label(listens, "listens"))
    return Card(
        "clubs", "community", say("Your club"), headline("clubs", data), facts=(*genres, *heard) if role else genres,
        figure=badge(*inside, share, " ".join(inside)),
        in_text=(
            *facts_of((role, say("what you are in it")), (told.count(members) if members else "", say("members"), ON)), *genres, *heard,
        ),
    )  # fmt: skip


@card(
    "similar_listeners",
    place=360,
    beat="people",
    is_private=True,
    needs=("similar_listener_name", "similarity_share"),
    scale=Scale("similarity_share", 0.2, 0.9, least=0.05),
)
def similar_listeners(data: StoryData) -> Card | None:
    """People of like taste who agreed to be found."""
    told, say = data.language, data.language.say
    rows = [row for row in data.rows("similar_listeners") if row.get("similar_listener_name")]
    if not rows:
        return None
    note = f'{say("Alike by how often you play the same songs.")} {say("Only people who agreed to be found are named.")}'
    if len(rows) == 1:
        facts = facts_of((phrases.name(rows[0]["similar_listener_name"]), say("closest to you")))
        label = say("Two discs that share {share:percent}.", share=rows[0].get("similarity_share"))
        figure = two_discs(phrases.number(rows[0].get("similarity_share")) or 0, label)
        return Card(
            "similar_listeners", "community", say("Like-minded"), headline("similar_listeners", data), facts=facts, figure=figure, note=note
        )
    places = tuple(
        Ranked(place, phrases.name(row["similar_listener_name"]), "", told.percent(row.get("similarity_share")),
               max(0.0, min(1.0, phrases.number(row.get("similarity_share")) or 0)))
        for place, row in enumerate(rows[:7], 1)
    )  # fmt: skip
    label = say("Two discs that share {share:percent}.", share=rows[0].get("similarity_share"))
    figure = two_discs(phrases.number(rows[0].get("similarity_share")) or 0, label) if len(rows) <= _FEW else None
    return Card(
        "similar_listeners", "community", say("Like-minded"), headline("similar_listeners", data), ranked=places, figure=figure, note=note
    )

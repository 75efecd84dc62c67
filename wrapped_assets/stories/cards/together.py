"""Cards of a group's year: who won what, and how much each pair shares."""

from __future__ import annotations

from wrapped_assets.stories import phrases
from wrapped_assets.stories.cards.card import Card, CardMaker, Ranked, Table, card
from wrapped_assets.stories.catalogue import message
from wrapped_assets.stories.figures.together import matrix
from wrapped_assets.stories.group_data import FEW, Award, GroupData, each_once
from wrapped_assets.stories.headlines import Part
from wrapped_assets.stories.language import Language

_SHOWN_PAIRS, _DRAWN = 6, 12


def _award(kind: str, place: int, chapter: str, label: str, sentence: str, unit: str, note: str = "") -> CardMaker:
    """The card of one award: a sentence over the winner, whose `value` is written in the unit, and the others' places."""

    def make(data: GroupData) -> Card | None:
        rows = [row for row in data.awards if row.award == kind and phrases.number(row.value) is not None]
        if not rows:
            return None
        told, winner = data.language, rows[0]

        def written(value: float) -> str:
            if unit == "listeners" and value < FEW:
                return f"<{phrases.NBSP}{FEW}"
            return told.value(value, unit)

        most = float("inf") if unit == "listeners" else max(row.value for row in rows) or 1  # where fewer is more, no bar
        recording = phrases.name(winner.recording_name)
        values = {"name": phrases.name(winner.listener), "value": written(winner.value), "recording": recording}
        ranked = tuple(
            Ranked(place, phrases.name(row.listener), _credit(row), written(row.value), max(0.0, min(1.0, row.value / most)))
            for place, row in enumerate(rows[:7], 1)
        )
        if kind == "most_minutes":
            ranked += _of_unknown_length(len(rows), data)
        said = told.say(note) if note else ""
        if unit == "listeners" and winner.value < FEW:
            said = told.say("Heard by fewer than {few} listeners here.", few=FEW)
        return Card(kind, chapter, told.say(label), _parts(told, sentence, values), ranked=ranked[:7], note=said)

    return CardMaker(("group_awards", "rarest_listens"), make, place, subject="group")


MOST_MINUTES = _award("most_minutes", 10, "overview", message("Most minutes"), message("Most music of all: {name}, {value}."), "minutes")
MOST_DISCOVERIES = _award(
    "most_discoveries", 20, "discovery", message("Most discoveries"),
    message("The most curious ears: {name}, {value} for the first time."), "artists",
)  # fmt: skip
RAREST_LISTEN = _award(
    "rarest_listen", 30, "places", message("Rarest find"), message("The rarest find: {recording}, brought by {name}."), "listeners",
    message("How many of all listeners know the song; fewer is rarer."),
)  # fmt: skip
EARLY_BIRD = _award(
    "early_bird", 40, "habits", message("Early bird"), message("The early bird: {name}, {value} of listens from 5 to 9."), "percent"
)
PICKY_LISTENER = _award(
    "picky_listener", 50, "community", message("Picky listener"), message("The picky one: {name}, {value} of plays skipped."), "percent"
)


MOST_LOYAL = _award(
    "most_loyal", 35, "music", message("Most loyal"), message("The most loyal: {name}, {value} in every single month."), "artists"
)


def _of_unknown_length(known: int, data: GroupData) -> tuple[Ranked, ...]:
    """The members with listens of which no length is known: said, and not left out."""
    timed = {row.listener for row in data.awards if row.award == "most_minutes"}
    names = [row["listener_name"] for row in data.rows("group_members") if row.get("listener_name") not in timed and not row.get("minutes")]
    said = data.language.say("length unknown")
    return tuple(Ranked(known + place, phrases.name(name), "", said, 0.0) for place, name in enumerate(names, 1))


def _credit(row: Award) -> str:
    return " · ".join(phrases.name(each) for each in (row.recording_name, row.artist_name) if each)


def _parts(told: Language, sentence: str, values: dict[str, str]) -> tuple[Part, ...]:
    """The sentence in parts, names and values marked."""
    return tuple(
        Part(text, kind)
        for literal, field in told.pieces(sentence)
        for text, kind in ((literal, "text"), (values.get(field, ""), "value" if field == "value" else "name"))
        if text
    )


@card("group_overlaps", place=60, subject="group")
def overlap(data: GroupData) -> Card | None:
    """The closest pair, and the others behind it; the matrix of all pairs as a table."""
    told, say = data.language, data.language.say
    pairs = sorted(each_once(data.overlaps), key=lambda pair: -pair.overlap_share)
    if not pairs:
        return None
    closest, most = pairs[0], pairs[0].overlap_share or 1
    values = {"one": phrases.name(closest.one), "other": phrases.name(closest.other), "value": told.percent(closest.overlap_share)}
    places = tuple(
        Ranked(
            place, told.listed([phrases.name(pair.one), phrases.name(pair.other)]), phrases.name(pair.artist_name, ""),
            told.percent(pair.overlap_share), max(0.0, min(1.0, pair.overlap_share / most)),
        )
        for place, pair in enumerate(pairs, 1)
    )  # fmt: skip
    share = {frozenset((pair.one, pair.other)): told.percent(pair.overlap_share) for pair in pairs}
    rows = tuple(
        (phrases.name(one), *("–" if one == other else share.get(frozenset((one, other)), "–") for other in data.members))
        for one in data.members
    )
    table = Table(say("Shared music of each pair"), (say("Member"), *map(phrases.name, data.members)), rows)
    sentence = _parts(told, message("The closest pair: {one} and {other}, {value} alike."), values)
    note = say("Alike by how often you play the same songs. Below each pair, the artist that makes most of it.")
    names = [phrases.name(member) for member in data.members]
    figure = matrix(names, data.shares_of(), table.caption) if 2 < len(data.members) <= _DRAWN else None
    shown = places[: 3 if figure else _SHOWN_PAIRS]
    return Card("overlap", "music", say("In common"), sentence, ranked=shown, figure=figure, table=table, note=note)

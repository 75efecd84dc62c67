"""Cards of a group's members: each is guessed by what they brought, then revealed; and who agreed to it, since when."""

from __future__ import annotations

from wrapped_assets.stories import phrases
from wrapped_assets.stories.cards.card import ON, Card, Quiz, Ranked, card, facts_of, ranking_table
from wrapped_assets.stories.catalogue import message
from wrapped_assets.stories.data import Row
from wrapped_assets.stories.figures.together import circle_of
from wrapped_assets.stories.group_data import Award, GroupData, each_once
from wrapped_assets.stories.headlines import Part
from wrapped_assets.stories.language import Language

AWARDS = {
    "most_minutes": message("Most minutes"), "most_discoveries": message("Most discoveries"), "rarest_listen": message("Rarest find"),
    "early_bird": message("Early bird"), "picky_listener": message("Picky listener"), "most_loyal": message("Most loyal"),
}  # fmt: skip
_ASKED = 8  # members or fewer are guessed before they are revealed
_OPTIONS = 4
_CHAPTERS = ("music", "discovery", "places", "habits", "community", "more")


def with_names(told: Language, sentence: str, **values: str) -> tuple[Part, ...]:
    """The sentence in parts, each value set apart as a name, and `value` as a number."""
    pieces = (
        (text, kind) for literal, field in told.pieces(sentence) for text, kind in ((literal, "text"), (values.get(field, ""), field))
    )
    return tuple(Part(text, kind if kind in ("text", "value") else "name") for text, kind in pieces if text)


def length_of(row: Row, told: Language) -> str:
    """How long the member listened; in words where the lengths of all plays are unknown."""
    plays, unknown = (phrases.number(row.get(name)) or 0 for name in ("play_count", "unknown_length_count"))
    if plays and unknown >= plays:
        return told.say("length unknown")
    return told.counted(row.get("minutes"), "minutes")


@card("group_members", subject="group", place=5)
def members(data: GroupData) -> list[Card]:
    """A question and an answer a member, in the order of the artists, which tells nothing of who comes next."""
    rows = {phrases.name(row.get("listener_name")): row for row in data.rows("group_members") if row.get("artist_name")}
    found: list[Card] = []
    order = sorted((each for each in map(phrases.name, data.members) if each in rows), key=lambda each: rows[each]["artist_name"])
    for place, name in enumerate(order):
        asked = _asked(name, place, rows, data) if len(rows) <= _ASKED else None
        found += [each for each in (asked, _revealed(name, place, rows[name], data)) if each]
    return found


def _asked(name: str, place: int, rows: dict[str, Row], data: GroupData) -> Card | None:
    """Whose artist it was, among members with another one; none where the group has only one artist."""
    told, artist = data.language, phrases.name(rows[name]["artist_name"])
    others = [each for each, row in rows.items() if phrases.name(row["artist_name"]) != artist]
    turned = others[place % max(1, len(others)) :] + others[: place % max(1, len(others))]
    options = sorted([name, *turned[: _OPTIONS - 1]])
    if len(options) < 2:
        return None
    headline = with_names(told, message("Who brought {artist}?"), artist=phrases.shortened(artist, 64))
    quiz = Quiz(tuple(options), name, told.say("Right, it was {answer}.", answer=name))
    return Card(f"guess_member_{place + 1}", _CHAPTERS[place % len(_CHAPTERS)], told.say("A guess"), headline, quiz=quiz)


def _revealed(name: str, place: int, row: Row, data: GroupData) -> Card:
    told, say = data.language, data.language.say
    won = [say(AWARDS[each.award]) for each in _winners(data) if phrases.name(each.listener) == name and each.award in AWARDS]
    pairs = [pair for pair in each_once(data.overlaps) if name in map(phrases.name, (pair.one, pair.other)) and pair.overlap_share]
    closest = max(pairs, key=lambda pair: pair.overlap_share, default=None)
    beside = "" if closest is None else phrases.name(closest.other if phrases.name(closest.one) == name else closest.one)
    facts = facts_of(
        (phrases.name(row.get("top_recording_name"), ""), say("song of the year")),
        (told.count(row.get("listen_count")), told.label(row.get("listen_count"), "listens"), ON),
        (length_of(row, told), say("of music")),
        (told.listed(won) if won else beside, say("won") if won else say("closest in taste")),
    )
    artist = phrases.shortened(phrases.name(row["artist_name"]), 64)
    headline = with_names(told, message("{name} brought {artist}."), name=name, artist=artist)
    names = [phrases.name(each) for each in data.members]
    figure = circle_of(names, data.shares_of(data.members[names.index(name)]), told) if pairs else None
    return Card(
        f"member_{place + 1}", _CHAPTERS[place % len(_CHAPTERS)], say("Who it was"), headline, facts=facts, figure=figure,
        note=say("The wider a line, the more music two people share.") if figure else "",
    )  # fmt: skip


def _winners(data: GroupData) -> list[Award]:
    """The first place of each award."""
    first: dict[str, Award] = {}
    for row in data.awards:
        first.setdefault(row.award, row)
    return list(first.values())


@card("group_members", subject="group", place=990)
def consents(data: GroupData) -> Card | None:
    """Since when each member agrees to be told with the group."""
    told, say = data.language, data.language.say
    if not data.agreed:
        return None
    places = tuple(
        Ranked(place, phrases.name(name), say("since {day}", day=told.day(day)), "", 0.0)
        for place, (name, day) in enumerate(data.agreed.items(), 1)
    )
    table = ranking_table(say("Who agreed, and since when"), places, say("Member"), told, credit=say("Agreed"))
    headline = with_names(told, message("{value} agreed to be told together."), value=told.counted(len(places), "members"))
    note = say("Everybody named here agreed to be. Whoever leaves the group leaves this page.")
    return Card("consents", "more", say("Agreed"), headline, ranked=places[:7], table=table, note=note)

"""A group's year as a page, text and JSON: who won what, and how much each pair shares; of consenting members alone."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from wrapped_assets.stories import phrases
from wrapped_assets.stories.cards.card import Card, Ranked, Table
from wrapped_assets.stories.catalogue import message
from wrapped_assets.stories.columns import fitted, wrapped
from wrapped_assets.stories.figures.together import circle_of
from wrapped_assets.stories.group_data import Award, GroupData, each_once
from wrapped_assets.stories.headlines import Part, plain
from wrapped_assets.stories.language import Language
from wrapped_assets.stories.page import Frame, frame_html
from wrapped_assets.stories.terminal import WIDTH

# Each award: its label, its sentence over the winner, and how its value is written, in the order of their cards.
AWARDS: dict[str, tuple[str, str, str]] = {
    "most_minutes": (message("Most minutes"), message("Most music of all: {name}, {value}."), "minutes"),
    "most_discoveries": (message("Most discoveries"), message("The most curious ears: {name}, {value} for the first time."), "artists"),
    "rarest_listen": (message("Rarest find"), message("The rarest find: {recording}, brought by {name}."), "listeners"),
    "early_bird": (message("Early bird"), message("The early bird: {name}, {value} of listens from 5 to 9."), "percent"),
    "picky_listener": (message("Picky listener"), message("The picky one: {name}, {value} of plays skipped."), "percent"),
}
_NOTES = {"rarest_listen": message("How many of all listeners know the song; fewer is rarer.")}
_CHAPTERS = {
    "most_minutes": "overview", "most_discoveries": "discovery", "rarest_listen": "places", "early_bird": "habits",
    "picky_listener": "community",
}  # fmt: skip
_SHOWN_PAIRS = 6
FEW = 20  # fewer listeners than this are never counted out: they could be guessed


def _award_card(kind: str, data: GroupData) -> Card | None:
    rows = [row for row in data.awards if row.award == kind and phrases.number(row.value) is not None]
    if not rows:
        return None
    told, (label, sentence, spec) = data.language, AWARDS[kind]
    winner = rows[0]

    def written(value: float) -> str:
        if spec == "listeners" and value < FEW:
            return f"<{phrases.NBSP}{FEW}"
        return told.value(value, spec)

    most = float("inf") if spec == "listeners" else max(row.value for row in rows) or 1  # where fewer is more, no bar
    value, recording = written(winner.value), phrases.name(winner.recording_name)
    values = {"name": phrases.name(winner.listener), "value": value, "recording": recording}
    ranked = tuple(
        Ranked(place, phrases.name(row.listener), _credit(row), written(row.value), max(0.0, min(1.0, row.value / most)))
        for place, row in enumerate(rows[:7], 1)
    )
    note = told.say(_NOTES[kind]) if kind in _NOTES else ""
    if spec == "listeners" and winner.value < FEW:
        note = told.say("Heard by fewer than {few} listeners here.", few=FEW)
    return Card(kind, _CHAPTERS[kind], told.say(label), _parts(told, sentence, values), ranked=ranked, note=note)


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


def _overlap_card(data: GroupData) -> Card | None:
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
    sentence = _parts(told, message("The closest pair: {one} and {other}, {value} in common."), values)
    note = say("Below each pair, the artist that both heard most.")
    return Card("overlap", "music", say("In common"), sentence, ranked=places[:_SHOWN_PAIRS], table=table, note=note)


def cards_of_group(data: GroupData) -> list[Card]:
    """An award a card, then what the members have in common; what has no rows has no card."""
    cards = [card for kind in AWARDS if (card := _award_card(kind, data))]
    overlap = _overlap_card(data)
    cards += [overlap] if overlap else []
    return [replace(card, is_inverse=index % 2 == 0) for index, card in enumerate(cards)]


def _small_print(data: GroupData) -> str:
    return data.language.say("{rules} rules · {window}", rules=data.rules, window=data.language.span(*data.window))


def group_html(data: GroupData) -> str:
    """The page, in the same form as a listener's story."""
    told, say = data.language, data.language.say
    name, members = phrases.shortened(phrases.name(data.name, say("A group")), 60), [phrases.name(member) for member in data.members]
    places = {member: place for place, member in enumerate(data.members)}
    shares = {
        (min(places[pair.one], places[pair.other]), max(places[pair.one], places[pair.other])): pair.overlap_share
        for pair in data.overlaps
        if pair.one in places and pair.other in places and pair.one != pair.other
    }
    return frame_html(
        Frame(
            language=told, name=name, year=data.year, kicker=say("A year together"),
            figure=circle_of(members, shares, told),
            figure_note=say("The wider a line, the more music two people share."),
            verdict=told.listed(members), cards=cards_of_group(data), small_print=_small_print(data),
            closing=say("Everybody named here agreed to be. Whoever leaves the group leaves this page."),
            settings=[
                (say("Edition"), phrases.name(data.edition)), (say("Rules"), phrases.name(data.rules)),
                (say("Window"), told.span(*data.window)), (say("Members"), told.count(len(data.members))),
            ],
            ins_and_outs=[], told_to=say("Told to {name} alone.", name=name),
        )
    )  # fmt: skip


def group_text(data: GroupData) -> str:
    """The group's year in lines of at most 80 columns."""
    title = data.language.say("{name} · {year} in music", name=phrases.shortened(phrases.name(data.name, "–"), 40), year=str(data.year))
    lines = [f"  ◉  {fitted(title, WIDTH - 5).rstrip()}", "  " + "━" * (WIDTH - 2)]
    for card in cards_of_group(data):
        lines += ["", *(f"  {line}" for line in wrapped(plain(card.headline), WIDTH - 2))]
        for each in card.ranked:
            name = each.name + (f" · {each.credit}" if each.credit else "")
            lines.append(f"    {each.place:>2}  {fitted(name, WIDTH - 28)}  {fitted(each.count, 16).rstrip()}")
    lines += ["", "  " + "━" * (WIDTH - 2), *(f"  {line}" for line in wrapped(_small_print(data), WIDTH - 2))]
    return "\n".join(lines).replace(phrases.NBSP, " ") + "\n"


def group_json(data: GroupData) -> dict[str, Any]:
    """The group's document: its awards with their sentences, and the pairs."""
    sentences = {card.name: plain(card.headline) for card in cards_of_group(data)}
    return {
        "group": data.name,
        "year": data.year,
        "edition": data.edition,
        "rules": data.rules,
        "window": {"from": data.window[0].isoformat(), "until": data.window[1].isoformat()},
        "locale": data.locale,
        "members": list(data.members),
        "awards": {
            kind: {
                "headline": sentences[kind],
                "rows": [
                    {
                        "listener": row.listener,
                        "value": None if kind == "rarest_listen" and row.value < FEW else row.value,
                        "recording_name": row.recording_name,
                        "artist_name": row.artist_name,
                    }
                    for row in data.awards
                    if row.award == kind
                ],
            }
            for kind in AWARDS
            if kind in sentences
        },
        "overlaps": [
            {"one": pair.one, "other": pair.other, "overlap_share": pair.overlap_share, "artist_name": pair.artist_name}
            for pair in each_once(data.overlaps)
        ],
    }

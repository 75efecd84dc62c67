"""A group's year as a page, text and JSON: who won what, and how much each pair shares; of consenting members alone."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from wrapped_assets.stories import phrases
from wrapped_assets.stories.cards.card import Card
from wrapped_assets.stories.cards.order import cards_made
from wrapped_assets.stories.columns import fitted, wrapped
from wrapped_assets.stories.figures.together import circle_of
from wrapped_assets.stories.group_data import FEW, GroupData, each_once
from wrapped_assets.stories.headlines import headline, plain
from wrapped_assets.stories.page import Frame, frame_html
from wrapped_assets.stories.terminal import WIDTH, facts_line


def cards_of_group(data: GroupData) -> list[Card]:
    """An award a card, what the members have in common, then the group's other insights; what has no rows has no card."""
    made = enumerate(card for _, card in cards_made(data))
    return [replace(card, is_inverse=index % 2 == 0, is_private=True) for index, card in made]  # each names others: none is a picture


def _small_print(data: GroupData) -> str:
    return data.language.say("{rules} rules · {window}", rules=data.language.word(data.rules), window=data.language.span(*data.window))


def group_html(data: GroupData) -> str:
    """The page, in the same form as a listener's story."""
    told, say = data.language, data.language.say
    name, members = phrases.shortened(phrases.name(data.name, say("A group")), 60), [phrases.name(member) for member in data.members]
    return frame_html(
        Frame(
            language=told, name=name, year=data.year, kicker=say("A year together"),
            figure=circle_of(members, data.shares_of(), told),
            figure_note=say("The wider a line, the more music two people share."),
            verdict=told.listed(members), cards=cards_of_group(data), small_print=_small_print(data),
            closing=say("Everybody named here agreed to be. Whoever leaves the group leaves this page."),
            settings=[
                (say("Edition"), phrases.name(data.edition)), (say("Rules"), told.word(data.rules)),
                (say("Window"), told.span(*data.window)), (say("Members"), told.count(len(data.members))),
            ],
            ins_and_outs=[], told_to=say("The year of {name}.", name=name), subject="group",
        )
    )  # fmt: skip


def group_text(data: GroupData) -> str:
    """The group's year in lines of at most 80 columns."""
    title = data.language.say("{name} · {year} in music", name=phrases.shortened(phrases.name(data.name, "–"), 40), year=str(data.year))
    lines = [f"  ◉  {fitted(title, WIDTH - 5).rstrip()}", "  " + "━" * (WIDTH - 2)]
    for card in cards_of_group(data):
        if card.is_for_pages:
            continue
        lines += ["", *(f"  {line}" for line in wrapped(plain(card.headline), WIDTH - 2))]
        for each in card.ranked:
            name = each.name + (f" · {each.credit}" if each.credit else "")
            lines.append(f"    {each.place:>2}  {fitted(name, WIDTH - 28)}  {fitted(each.count, 16).rstrip()}")
        told = facts_line(card, data.language.say)
        lines += [f"    {line}" for line in wrapped(told, WIDTH - 4)] if told else []
    lines += ["", "  " + "━" * (WIDTH - 2), *(f"  {line}" for line in wrapped(_small_print(data), WIDTH - 2))]
    return "\n".join(lines).replace(phrases.NBSP, " ") + "\n"


def group_json(data: GroupData) -> dict[str, Any]:
    """The group's document: its awards with their sentences, the pairs, and the rows of its other insights."""
    won = {row.award for row in data.awards}
    sentences = {card.name: plain(card.headline) for card in cards_of_group(data)}
    return {
        "group": data.name,
        "year": data.year,
        "edition": data.edition,
        "rules": data.rules,
        "window": {"from": data.window[0].isoformat(), "until": data.window[1].isoformat()},
        "locale": data.locale,
        "members": list(data.members),
        "agreed": {name: day.isoformat() for name, day in data.agreed.items()},
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
            for kind in sentences
            if kind in won
        },
        "overlaps": [
            {"one": pair.one, "other": pair.other, "overlap_share": pair.overlap_share, "artist_name": pair.artist_name}
            for pair in each_once(data.overlaps)
        ],
        "insights": {
            name: {"headline": sentences.get(name) or plain(headline(name, data)), "rows": [dict(row) for row in rows]}
            for name, rows in data.insights.items()
            if rows
        },
    }

"""An artist's year over all listeners as a page, text and JSON: an audience, never a person in it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from wrapped_assets.stories import phrases
from wrapped_assets.stories.artist_data import ArtistData
from wrapped_assets.stories.cards.card import Card
from wrapped_assets.stories.cards.order import cards_made
from wrapped_assets.stories.columns import fitted, wrapped
from wrapped_assets.stories.figures.record import record
from wrapped_assets.stories.headlines import plain
from wrapped_assets.stories.page import Frame, frame_html
from wrapped_assets.stories.terminal import WIDTH, facts_line, spark


def cards_of_artist(data: ArtistData) -> list[Card]:
    """A card for every insight that has rows, in the order of their places; every other one inverse."""
    return [replace(card, is_inverse=index % 2 == 1) for index, (_, card) in enumerate(cards_made(data))]


def _name(data: ArtistData) -> str:
    return phrases.shortened(phrases.name(data.name, data.language.say("An artist")), 60)


def _promise(data: ArtistData) -> str:
    if data.is_rounded:
        return data.language.say("Rounded, and told from {count:listeners} up; nobody is named.", count=data.minimum_listeners)
    return data.language.say("Told from {count:listeners} up; nobody is named.", count=data.minimum_listeners)


def _small_print(data: ArtistData) -> str:
    return data.language.say("{rules} rules · {window}", rules=data.language.word(data.rules), window=data.language.span(*data.window))


def _days(data: ArtistData) -> dict[date, float]:
    """The top recording's listens of its week, for each day of the week."""
    weeks = [(phrases.as_date(row["week_date"]), row["listen_count"]) for row in data.insights.get("journey_weeks", ())]
    return {monday + timedelta(days=day): float(count) for monday, count in weeks if monday for day in range(7)}


def artist_html(data: ArtistData) -> str:
    """The page, in the same form as a listener's story."""
    told, say, days = data.language, data.language.say, _days(data)
    return frame_html(
        Frame(
            language=told, name=_name(data), year=data.year, kicker=say("An artist's year"),
            figure=record(days, *data.window, data.year, told),
            figure_note=say("Clockwise from the top: the top song's listens, week by week.") if days else "",
            verdict=_promise(data), cards=cards_of_artist(data), small_print=_small_print(data),
            closing=say("Every listen of a song counts for each artist that it credits; songs are listed under the first of them."),
            settings=[
                (say("Edition"), phrases.name(data.edition)), (say("Rules"), told.word(data.rules)),
                (say("Window"), told.span(*data.window)), (say("Fewest listeners"), told.count(data.minimum_listeners)),
            ],
            ins_and_outs=[], told_to=_promise(data), subject="artist",
        )
    )  # fmt: skip


def artist_text(data: ArtistData) -> str:
    """The artist's year in lines of at most 80 columns."""
    say = data.language.say
    title = say("{name} · {year} in music", name=phrases.shortened(_name(data), 40), year=str(data.year))
    lines = [f"  ◉  {fitted(title, WIDTH - 5).rstrip()}", "  " + "━" * (WIDTH - 2)]
    for card in cards_of_artist(data):
        lines += ["", *(f"  {line}" for line in wrapped(plain(card.headline), WIDTH - 2))]
        lines += ["    " + spark(card.series.values)] if card.series else []
        for each in card.ranked[:5]:
            name = each.name + (f" · {each.credit}" if each.credit else "")
            lines.append(f"    {each.place:>2}  {fitted(name, WIDTH - 28)}  {fitted(each.count, 16).rstrip()}")
        told = facts_line(card, say)
        lines += [f"    {line}" for line in wrapped(told, WIDTH - 4)] if told else []
    closing = wrapped(f"{_small_print(data)} · {_promise(data)}", WIDTH - 2)
    lines += ["", "  " + "━" * (WIDTH - 2), *(f"  {line}" for line in closing)]
    return "\n".join(lines).replace(phrases.NBSP, " ") + "\n"


def artist_json(data: ArtistData) -> dict[str, Any]:
    """The artist's document: each insight's rows, as `wrapped show --format json` gives them, and the cards' sentences."""
    return {
        "artist": data.name,
        "year": data.year,
        "edition": data.edition,
        "rules": data.rules,
        "window": {"from": data.window[0].isoformat(), "until": data.window[1].isoformat()},
        "locale": data.locale,
        "minimum_listeners": data.minimum_listeners,
        "headlines": {card.name: plain(card.headline) for card in cards_of_artist(data)},
        "insights": {name: [dict(row) for row in rows] for name, rows in data.insights.items() if rows},
    }

"""The order of the cards: chapters that tell a year, and in each the strongest first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import cache

from wrapped_assets.contracts.asset import Subject
from wrapped_assets.contracts.discovery import declared_in
from wrapped_assets.stories.cards.card import Card, CardMaker
from wrapped_assets.stories.cards.coverage import with_coverage
from wrapped_assets.stories.cards.generic import generic
from wrapped_assets.stories.cards.strength import is_enough, is_known, strength
from wrapped_assets.stories.data import StoryData, Tellable

# The opening and the closing of the page are no cards: they stand before and behind all of these.
CHAPTERS = ("overview", "music", "habits", "places", "discovery", "community", "more")
FIXED = ("overview",)  # the totals open, the first listen follows: a beginning is not a matter of strength
UNTOLD = ("quiz",)  # chapters that are no cards: a quiz that shows its answers is none
_LAST = 1_000_000  # the place of insights without a card of their own


@cache
def makers_of(subject: Subject) -> tuple[CardMaker, ...]:
    """The cards of their own that insights of a subject have, by place."""
    found = [maker for maker in declared_in("wrapped_assets.stories.cards", CardMaker) if maker.subject == subject]
    return tuple(sorted(found, key=lambda maker: (maker.place, maker.insights)))


def cards_made(data: Tellable) -> list[tuple[CardMaker, Card]]:
    """A card for every insight that has rows and may be told, by place; the common one, by name, for those without a card of their own."""
    makers = [maker for maker in makers_of(data.subject) if maker.knows(data.rows(maker.insights[0]))]
    too_little = {maker.insights[0] for maker in makers if not is_enough(maker, data.first(maker.insights[0]), data)}  # nor what follows it
    made = [
        (maker, card)
        for maker in makers
        if not too_little & {maker.insights[0], maker.follows}
        for card in _several(maker.make(data))
    ]
    told = {insight for maker, _ in made for insight in maker.insights}
    told |= {insight for maker in makers for insight in (maker.insights if data.first(maker.insights[0]) else maker.insights[:1])}
    told |= {insight for insight, telling in data.tellings.items() if telling.chapter in UNTOLD}
    others = sorted(insight for insight in data.insights if insight not in told)
    made += [(CardMaker((insight,), lambda _: None, _LAST), generic(insight, data)) for insight in others if is_known(data.first(insight))]
    return [(maker, with_coverage(card, data.first(maker.insights[0]), data)) for maker, card in made if card]


def _several(made: Card | Sequence[Card] | None) -> Sequence[Card]:
    return [made] if isinstance(made, Card) else made or ()


def cards_of(data: StoryData) -> list[Card]:
    """A listener's cards. Chapters stand in the order of CHAPTERS, and in each the strongest card first, with those that follow it."""
    found = [(maker.follows or maker.insights[0], maker, card) for maker, card in cards_made(data)]
    scales = {maker.insights[0]: maker.scale for maker in makers_of(data.subject) if maker.scale}
    chapter_of = {leader: card.chapter for leader, maker, card in reversed(found) if not maker.follows or leader == maker.insights[0]}
    places: dict[str, int] = {}
    for leader, _, _ in found:
        places.setdefault(leader, len(places))

    def place(each: tuple[str, CardMaker, Card]) -> tuple[int, float, int]:
        leader, _, card = each
        chapter = chapter_of.get(leader, card.chapter)
        weight = 0.0 if chapter in FIXED else -strength(scales.get(leader), data.first(leader))
        return CHAPTERS.index(chapter) if chapter in CHAPTERS else len(CHAPTERS), weight, places[leader]

    in_order = [card for _, _, card in sorted(found, key=place)]
    return [replace(card, is_inverse=index % 2 == 0) for index, card in enumerate(in_order)]

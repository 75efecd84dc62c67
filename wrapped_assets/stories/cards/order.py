"""The order of the cards: about twelve beats that tell a year, and behind them the others by chapter, the strongest first."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import cache

from wrapped_assets.contracts.asset import Subject
from wrapped_assets.contracts.discovery import declared_in
from wrapped_assets.stories.cards.card import Card, CardMaker
from wrapped_assets.stories.cards.coverage import with_coverage
from wrapped_assets.stories.cards.generic import generic
from wrapped_assets.stories.cards.strength import is_enough, is_known, strength
from wrapped_assets.stories.data import StoryData, Tellable

# The record opens the page and the counts close it: neither is a card. A card says at its @card which beat it can tell.
BEATS = ("minutes", "song", "artists", "albums", "genres", "day", "habit", "new", "identity", "before", "people", "finale")
FEW = 12  # cards or fewer are all told
CHAPTERS = ("overview", "music", "habits", "places", "discovery", "community", "more")
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


def story_of(data: StoryData) -> list[Card]:
    """The cards of a listener's page: one a beat, then all others as "more", by chapter, the strongest first, with those that follow it.

    Where there are few, none is "more".
    """
    made = cards_made(data)
    beats = [each for beat in BEATS for each in _beat(beat, made, data)]
    told = {id(card) for _, card in beats}  # two cards of a story are never equal, and comparing them compares all that they show
    others = sorted((each for each in made if id(each[1]) not in told), key=_in_chapters(made, data))
    has_more = len(made) > FEW
    ordered = [(*each, False) for each in beats] + [(*each, has_more) for each in others]
    return [
        replace(card, is_more=is_more, is_private=maker.is_private, is_inverse=index % 2 == 0)
        for index, (maker, card, is_more) in enumerate(ordered)
    ]


def cards_of(data: StoryData) -> list[Card]:
    """A listener's cards as a text tells them: without those that ask, or sum up."""
    return [card for card in story_of(data) if not card.is_for_pages]


def _beat(beat: str, made: list[tuple[CardMaker, Card]], data: StoryData) -> list[tuple[CardMaker, Card]]:
    """The card that tells a beat, with the question before it."""
    found = [(maker, card) for maker, card in made if maker.beat == beat]
    asked, told = [each for each in found if each[1].quiz], [each for each in found if not each[1].quiz]

    def weight(each: tuple[CardMaker, Card]) -> tuple[bool, float]:
        maker, first = each[0], data.first(each[0].insights[0])
        return maker.second_choice or bool(maker.named_by and not first.get(maker.named_by)), -strength(maker.scale, first)

    strongest = sorted(told, key=weight)
    return [*asked, *strongest[:1]] if strongest else []


def _in_chapters(made: list[tuple[CardMaker, Card]], data: StoryData) -> Callable[[tuple[CardMaker, Card]], tuple[int, float, int, int]]:
    """The order of cards: chapters as in CHAPTERS, in each the strongest leader first, and its followers behind it by place."""
    places = {id(card): index for index, (_, card) in enumerate(made)}
    scales = {maker.insights[0]: maker.scale for maker in makers_of(data.subject) if maker.scale}
    leaders = [maker.follows or maker.insights[0] for maker, _ in made]
    found = list(zip(leaders, made, strict=True))
    chapters = {leader: card.chapter for leader, (maker, card) in reversed(found) if not maker.follows or leader == maker.insights[0]}

    def place(each: tuple[CardMaker, Card]) -> tuple[int, float, int, int]:
        leader = each[0].follows or each[0].insights[0]
        chapter = chapters.get(leader, each[1].chapter)
        weight = -strength(scales.get(leader), data.first(leader))
        return CHAPTERS.index(chapter) if chapter in CHAPTERS else len(CHAPTERS), weight, leaders.index(leader), places[id(each[1])]

    return place

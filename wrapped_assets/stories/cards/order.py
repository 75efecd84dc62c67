"""The order of the cards, and what happens to insights that no card was made for."""

from __future__ import annotations

from wrapped_assets.stories.cards import discovery, habits, history, music, overview
from wrapped_assets.stories.cards.card import Card, CardMaker
from wrapped_assets.stories.cards.generic import generic
from wrapped_assets.stories.data import StoryData

ORDER: tuple[CardMaker, ...] = (
    overview.TOTALS, music.TOP_SONG, history.SONG_STORY, music.TOP_RECORDINGS, music.TOP_ARTISTS, music.RACE, music.ALBUMS,
    habits.CALENDAR, habits.CLOCK, habits.BUSIEST, habits.REPLAYED, habits.FAITHFUL, history.LOYALTY, history.VARIETY, habits.SESSION,
    overview.FIRST_LISTEN, discovery.DISCOVERIES, discovery.TOP_DISCOVERIES, history.COMEBACKS,
)  # fmt: skip
UNTOLD = ("quiz",)  # chapters that are no cards: a quiz that shows its answers is none


def cards_of(data: StoryData) -> list[Card]:
    """The story's cards: those made by hand in their order, then one for every other insight that has rows and may be told."""
    made = [(maker, maker.make(data)) for maker in ORDER]
    told = {insight for maker, card in made for insight in (maker.insights if card else maker.insights[:1])}
    told |= {insight for insight, telling in data.tellings.items() if telling.chapter in UNTOLD}
    others = [generic(insight, data) for insight in data.insights if insight not in told]
    return [card for card in [*(card for _, card in made), *others] if card]

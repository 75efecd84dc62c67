"""The order of the cards: chapters that tell a year, and in each the strongest first."""

from __future__ import annotations

from dataclasses import replace

from wrapped_assets.stories.cards import ahead, community, days, discovery, genres, habits, history, music, overview, places, shows
from wrapped_assets.stories.cards.card import Card, CardMaker
from wrapped_assets.stories.cards.generic import generic
from wrapped_assets.stories.cards.strength import is_enough, strength
from wrapped_assets.stories.data import StoryData

# The opening and the closing of the page are no cards: they stand before and behind all of these.
CHAPTERS = ("overview", "music", "habits", "places", "discovery", "community", "more")
FIXED = ("overview",)  # the totals open, the first listen follows: a beginning is not a matter of strength
ORDER: tuple[CardMaker, ...] = (
    overview.TOTALS, overview.FIRST_LISTEN,
    music.TOP_SONG, music.TOP_RECORDINGS, history.SONG_STORY, music.TOP_ARTISTS, music.RACE, music.ALBUMS,
    genres.GENRES, genres.GENRE_CLOCK, genres.EVOLUTION, genres.RELEASES,
    habits.CALENDAR, habits.CLOCK, habits.BUSIEST, days.REMARKABLE, habits.REPLAYED, habits.FAITHFUL, history.LOYALTY, history.VARIETY,
    habits.SESSION,
    shows.TOP_SHOWS, places.ARTIST_MAP, places.SOUND_TOWN,
    discovery.DISCOVERIES, discovery.TOP_DISCOVERIES, history.COMEBACKS, ahead.MISSED, ahead.NEW_RELEASES,
    community.FAN_RANK, community.MINUTES_RANK, genres.AGE, community.PERSONALITY, community.EARLY, community.CLUBS, community.SIMILAR,
)  # fmt: skip
UNTOLD = ("quiz",)  # chapters that are no cards: a quiz that shows its answers is none


def cards_of(data: StoryData) -> list[Card]:
    """The story's cards, in order; every insight without a card of its own that has rows and may be told gets a common one.

    Chapters stand in the order of CHAPTERS. Inside one the strongest card is first, and behind it those that follow it; equals
    keep the order of ORDER, and insights without a card of their own that of their names.
    """
    makers = [maker for maker in ORDER if maker.knows(data.rows(maker.insights[0]))]
    made: list[tuple[CardMaker, Card | None]] = [(maker, maker.make(data)) for maker in makers if is_enough(maker.insights[0], data)]
    told = {insight for maker, card in made for insight in (maker.insights if card else maker.insights[:1])}
    told |= {maker.insights[0] for maker in makers}
    told |= {insight for insight, telling in data.tellings.items() if telling.chapter in UNTOLD}
    others = sorted(insight for insight in data.insights if insight not in told)
    made += [(CardMaker((insight,), lambda _: None), generic(insight, data)) for insight in others]
    found = [(maker.follows or maker.insights[0], maker, card) for maker, card in made if card]
    chapter_of = {leader: card.chapter for leader, maker, card in reversed(found) if not maker.follows or leader == maker.insights[0]}
    places: dict[str, int] = {}
    for leader, _, _ in found:
        places.setdefault(leader, len(places))

    def place(each: tuple[str, CardMaker, Card]) -> tuple[int, float, int]:
        leader, _, card = each
        chapter = chapter_of.get(leader, card.chapter)
        weight = 0.0 if chapter in FIXED else -strength(leader, data)
        return CHAPTERS.index(chapter) if chapter in CHAPTERS else len(CHAPTERS), weight, places[leader]

    in_order = [card for _, _, card in sorted(found, key=place)]
    return [replace(card, is_inverse=index % 2 == 0) for index, card in enumerate(in_order)]

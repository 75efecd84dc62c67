"""What share of the listens a card is told from: printed with every card that rests on an attribute, and said first where it is small."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache

from wrapped_assets.stories import phrases
from wrapped_assets.stories.cards.card import Card
from wrapped_assets.stories.catalogue import message
from wrapped_assets.stories.data import Row, StoryData, Tellable
from wrapped_assets.stories.headlines import Part

SUFFIX = "_known_share"  # an insight that rests on an attribute says in such a column how much of the listens have it
HALF = 0.5  # below it the coverage stands before the headline
_SENTENCES = {
    "genre_known_share": message("{share:percent} of your listens have a known genre."),
    "release_year_known_share": message("{share:percent} of your listens have a known release year."),
    "country_known_share": message("{share:percent} of your listens are by artists of a known country."),
    "release_group_known_share": message("{share:percent} of your listens name an album."),
}
_ANY = message("Told from {share:percent} of your listens.")
_LENGTHS = message("{share:percent} of your plays have a known length.")


def known_shares(row: Row) -> dict[str, float]:
    """The coverage columns of a row that hold a number."""
    found = {column: phrases.number(row[column]) for column in _coverage_of(tuple(row))}
    return {column: share for column, share in found.items() if share is not None}


@lru_cache(4_096)  # every listener's rows of an insight have the same columns
def _coverage_of(columns: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(column for column in columns if column.endswith(SUFFIX))


def with_coverage(card: Card, row: Row, data: Tellable) -> Card:
    """The card with a sentence on each attribute that it rests on: before the headline below half, else behind the note."""
    said = [(share, _SENTENCES.get(column, _ANY)) for column, share in known_shares(row).items()]
    if isinstance(data, StoryData) and phrases.number(row.get("minutes")) and data.length_known_share < 1:
        said.append((data.length_known_share, _LENGTHS))
    for share, sentence in said:
        text = data.language.say(sentence, share=share)
        if share < HALF:
            card = replace(card, headline=(Part(f"{text} "), *card.headline))
        else:
            card = replace(card, note=f"{card.note} {text}".strip())
    return card

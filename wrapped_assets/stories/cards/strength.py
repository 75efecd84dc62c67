"""How strong a card is: where its first fact lies between the ordinary and the striking; and what is too little to tell."""

from __future__ import annotations

from wrapped_assets.stories import phrases
from wrapped_assets.stories.cards.card import CardMaker, Scale
from wrapped_assets.stories.cards.coverage import known_shares
from wrapped_assets.stories.data import LEAST_KNOWN, Row, StoryData, Tellable


def strength(scale: Scale | None, first: Row) -> float:
    """0 to 1, from the insight's first row; 0.5 without a scale, or where the column holds no number."""
    value = phrases.number(first.get(scale.column)) if scale else None
    if scale is None or value is None or scale.striking == scale.ordinary:
        return 0.5
    return max(0.0, min(1.0, (value - scale.ordinary) / (scale.striking - scale.ordinary)))


def is_known(first: Row) -> bool:
    """Whether enough listens have every attribute that the insight rests on."""
    return all(share >= LEAST_KNOWN for share in known_shares(first).values())


def is_enough(maker: CardMaker, first: Row, data: Tellable) -> bool:
    """Whether there is enough to tell; a column without a number is the card's own matter."""
    scale = maker.scale
    if isinstance(data, StoryData) and scale is not None and scale.column == "minutes" and data.length_known_share < LEAST_KNOWN:
        return False  # the fullest day would be that of the few plays whose length is known
    value = phrases.number(first.get(scale.column)) if scale else None
    if len(data.rows(maker.insights[0])) == 1 < maker.least_rows or not is_known(first):
        return False
    if scale is None or value is None:
        return True
    return (scale.least is None or value >= scale.least) and (scale.most is None or value <= scale.most)

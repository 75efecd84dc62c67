"""How strong a card is: where its first fact lies between the ordinary and the striking; and what is too little to tell."""

from __future__ import annotations

from wrapped_assets.stories import phrases
from wrapped_assets.stories.cards.card import CardMaker, Scale
from wrapped_assets.stories.data import Row, Tellable

LEAST_KNOWN = 0.1  # of the listens: what is told of fewer would be told of the catalogue, not of the listener


def strength(scale: Scale | None, first: Row) -> float:
    """0 to 1, from the insight's first row; 0.5 without a scale, or where the column holds no number."""
    value = phrases.number(first.get(scale.column)) if scale else None
    if scale is None or value is None or scale.striking == scale.ordinary:
        return 0.5
    return max(0.0, min(1.0, (value - scale.ordinary) / (scale.striking - scale.ordinary)))


def is_enough(maker: CardMaker, data: Tellable) -> bool:
    """Whether there is enough to tell; a column without a number is the card's own matter."""
    first, scale = data.first(maker.insights[0]), maker.scale
    known = [phrases.number(share) for column, share in first.items() if column.endswith("_known_share")]
    if any(share is not None and share < LEAST_KNOWN for share in known):
        return False
    value = phrases.number(first.get(scale.column)) if scale else None
    return scale is None or scale.least is None or value is None or value >= scale.least

"""Milder headlines: for a first row of which the declared headline would be trivial, deflating, or wrong in number.

Each stands beside its insight's card, as a function of the insight's rows, the first of which is told. It returns a message and the
row that fills it, or None where the declared headline is right.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cache

from wrapped_assets.contracts.discovery import declared_in
from wrapped_assets.stories.data import Row
from wrapped_assets.stories.phrases import number

Told = tuple[str, Row] | None
_FIRST_SHARE = 0.1  # behind it a rank is told as a share: "number 231 of 1,998" sounds like a defeat


@dataclass(frozen=True)
class Milder:
    """The milder headline of one insight. A module-level instance below `stories.cards` is found by itself."""

    insight: str
    told: Callable[[Sequence[Row]], Told] = field(compare=False)


def milder(insight: str) -> Callable[[Callable[[Sequence[Row]], Told]], Milder]:
    """A decorator that turns a function of an insight's rows into its milder headline."""
    return lambda told: Milder(insight, told)


@cache
def _found() -> dict[str, Milder]:
    return {each.insight: each for each in declared_in("wrapped_assets.stories.cards", Milder)}


def milder_headline(insight: str, rows: Sequence[Row]) -> Told:
    """The message that these rows ask for instead of the declared headline, and the row that fills it."""
    found = _found().get(insight)
    return found.told(rows) if found and rows else None


def as_share(sentence: str, row: Row, column: str) -> Told:
    """The sentence for a rank that is not among the very first; `column` holds the share of people up to it."""
    share = number(row.get(column))
    return (sentence, rounded_up(row, column)) if share is not None and share > _FIRST_SHARE else None


def rounded_up(row: Row, column: str) -> Row:
    """The row with a share rounded up to whole per cent: who is among the first 10.2% is among the first 11%."""
    return {**row, column: math.ceil(round(row[column] * 100, 6)) / 100}

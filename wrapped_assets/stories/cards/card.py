"""One card of a story: a headline, and a number, a ranking, facts or a figure under it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from markupsafe import Markup

from wrapped_assets.stories import phrases
from wrapped_assets.stories.data import Row, StoryData
from wrapped_assets.stories.headlines import Part


@dataclass(frozen=True)
class Ranked:
    """A place of a ranking: a name, whose it is, and a count with its share of the first place's."""

    place: int
    name: str
    credit: str
    count: str
    share: float


@dataclass(frozen=True)
class Fact:
    """A value and what it is of."""

    value: str
    label: str
    is_name: bool = False


@dataclass(frozen=True)
class Table:
    """A figure's numbers, for those who would rather read them."""

    caption: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class Card:
    """What one card shows. `name` is the insight it is about, or a word of its own."""

    name: str
    chapter: str
    label: str
    headline: tuple[Part, ...]
    number: str = ""
    ranked: tuple[Ranked, ...] = ()
    facts: tuple[Fact, ...] = ()
    figure: Markup | None = None
    table: Table | None = None
    note: str = ""
    is_inverse: bool = False


@dataclass(frozen=True)
class CardMaker:
    """Makes one card, or none where there is too little to show; `insights` are those it tells."""

    insights: tuple[str, ...]
    make: Callable[[StoryData], Card | None]


def ranking(rows: Iterable[Row], name: str, credit: str, length: int) -> tuple[Ranked, ...]:
    """The first rows as places, by listens."""
    chosen = [row for row in rows if row.get(name)][:length]
    most = max((phrases.number(row.get("listen_count")) or 0 for row in chosen), default=0) or 1
    return tuple(
        Ranked(
            place,
            phrases.name(row.get(name)),
            phrases.name(row.get(credit), "") if credit else "",
            phrases.count(row.get("listen_count")),
            max(0.0, min(1.0, (phrases.number(row.get("listen_count")) or 0) / most)),
        )
        for place, row in enumerate(chosen, 1)
    )


def ranking_table(caption: str, places: tuple[Ranked, ...], kind: str) -> Table:
    """A ranking's table, with the credit where there is one."""
    has_credit = any(place.credit for place in places)
    columns = ("Rank", kind, *(("Artist",) if has_credit else ()), "Listens")
    rows = tuple((str(each.place), each.name, *((each.credit,) if has_credit else ()), each.count) for each in places)
    return Table(caption, columns, rows)


def facts_of(*pairs: tuple[str, str]) -> tuple[Fact, ...]:
    """The facts whose value is known."""
    return tuple(Fact(value, label) for value, label in pairs if value and value != "–")

"""One card of a story: a headline, and a number, a ranking, facts or a figure under it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from markupsafe import Markup

from wrapped_assets.contracts.asset import Subject
from wrapped_assets.stories import phrases
from wrapped_assets.stories.data import Row, StoryData
from wrapped_assets.stories.headlines import Part
from wrapped_assets.stories.language import Language


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
    reads_on: bool = False  # the label continues the value: "8% of plays skipped", where another fact is "the day: 3 May"


@dataclass(frozen=True)
class Table:
    """A figure's numbers, for those who would rather read them."""

    caption: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class Series:
    """A figure as one row of numbers, for a text; each is drawn `width` columns wide, with words beside or below the row."""

    values: tuple[float, ...]
    width: int = 1
    beside: str = ""
    below: str = ""


@dataclass(frozen=True)
class Quiz:
    """Answers to the headline's question, one of which is right; a page tells which once somebody chose."""

    options: tuple[str, ...]
    answer: str
    praise: str = ""  # for the right one; empty: that the reader knows themselves


@dataclass(frozen=True)
class Card:
    """What one card shows. `name` is the insight it is about, or a word of its own; `series` stands for its figure in a text."""

    name: str
    chapter: str
    label: str
    headline: tuple[Part, ...]
    number: str = ""
    ranked: tuple[Ranked, ...] = ()
    facts: tuple[Fact, ...] = ()
    figure: Markup | None = None
    quiz: Quiz | None = None
    lists: tuple[tuple[str, tuple[str, ...]], ...] = ()  # titles and names that other cards have told already
    table: Table | None = None
    note: str = ""
    is_inverse: bool = False  # set by the place in the story
    series: Series | None = None
    in_text: tuple[Fact, ...] = ()  # stand for the figure in a text
    continues: bool = False  # the card before has told the headline: a text goes on without one
    has_label_in_text: bool = False  # the headline is about the label, which a text says before it
    is_more: bool = False  # behind the story; set by the place in it
    is_private: bool = False  # names others, or tells when somebody is awake: no picture of it is offered

    @property
    def is_for_pages(self) -> bool:
        """Whether a text, which shows all at once, leaves it out: it asks, or sums up."""
        return bool(self.quiz or self.lists)

    @property
    def lang(self) -> str:
        """The headline's language where it is not the story's."""
        return next((part.lang for part in self.headline if part.lang), "")


@dataclass(frozen=True)
class Scale:
    """A column of the insight's first row: `ordinary` has strength 0, `striking` 1; below `least` or above `most` the card is left out.

    Where a small value is the striking one, as with a rank, `striking` is below `ordinary`.
    """

    column: str
    ordinary: float
    striking: float
    least: float | None = None
    most: float | None = None


@dataclass(frozen=True)
class CardMaker:
    """Makes one card, several, or none where there is too little to show. A module-level instance below `stories.cards` is found by itself.

    `insights` are those that the card shows; the first gives its strength. `place` orders cards of one chapter that are equally
    strong, and all cards of artists and groups. `needs` are columns without which the insight gets the common card instead. A maker
    that `follows` another insight's card stands right behind it, however strong it is. `scale` measures the first insight's
    strength; without one it is 0.5. With fewer rows than `least_rows` the card is left out: a ranking of one is none. `beat` is the
    part of the story that the card can tell (order.BEATS): the strongest one tells it, a `second_choice` where there is no other. A card
    whose first row has nothing in the column `named_by` is a second choice, too.
    Of an `is_private` card no picture is offered for sharing: it names other people, or tells when somebody is awake or asleep.
    """

    insights: tuple[str, ...]
    make: Callable[[Any], Card | Sequence[Card] | None] = field(compare=False)
    place: int
    subject: Subject = "listener"
    follows: str = ""
    needs: tuple[str, ...] = ()
    scale: Scale | None = None
    least_rows: int = 1
    beat: str = ""
    second_choice: bool = False
    named_by: str = ""
    is_private: bool = False

    def knows(self, rows: Sequence[Row]) -> bool:
        """Whether the insight's rows have the columns that the card is made of; without them a common card shows what is there."""
        return not rows or set(self.needs) <= set(rows[0])


def card(*insights: str, place: int, **rest: Any) -> Callable[[Callable[[Any], Card | Sequence[Card] | None]], CardMaker]:
    """A decorator that turns a function into the maker of the card of these insights; its other arguments are CardMaker's."""
    return lambda make: CardMaker(insights, make, place, **rest)


def ranking(rows: Iterable[Row], name: str, credit: str, length: int, told: Language, by: str = "listen_count") -> tuple[Ranked, ...]:
    """The first rows as places, with bars by the column `by`."""
    chosen = [row for row in rows if row.get(name)][:length]
    most = max((phrases.number(row.get(by)) or 0 for row in chosen), default=0) or 1
    return tuple(
        Ranked(
            place,
            phrases.name(row.get(name)),
            phrases.name(row.get(credit), "") if credit else "",
            told.count(row.get(by)),
            max(0.0, min(1.0, (phrases.number(row.get(by)) or 0) / most)),
        )
        for place, row in enumerate(chosen, 1)
    )


def ranking_table(caption: str, places: tuple[Ranked, ...], kind: str, told: Language, unit: str = "", credit: str = "") -> Table:
    """A ranking's table, with the credit where there is one; `kind`, `unit` and `credit` are its columns' words."""
    has_credit = any(place.credit for place in places)
    columns = (told.say("Rank"), kind, *((credit or told.say("Artist"),) if has_credit else ()), unit or told.say("Listens"))
    rows = tuple((str(each.place), each.name, *((each.credit,) if has_credit else ()), each.count) for each in places)
    return Table(caption, columns, rows)


ON = True  # behind a value and its label: the label continues the value


def facts_of(*found: tuple[str, str] | tuple[str, str, bool]) -> tuple[Fact, ...]:
    """The facts whose value is known: (value, label), or (value, label, ON)."""
    return tuple(Fact(value, label, reads_on=bool(on)) for value, label, *on in found if value and value != "–")


def since(row: Row, data: StoryData) -> object | None:
    """How far back the listener's known history reaches, as a day; None where it is not known."""
    return phrases.as_date(row.get("history_since") or data.history_since)

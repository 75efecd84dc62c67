"""What a story is told from: one listener's rows of one edition, with names, and how they were counted."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from wrapped_assets.contracts.declaration import Declaration
from wrapped_assets.stories.language import Language, language_of
from wrapped_assets.stories.phrases import number

Row = Mapping[str, Any]


@dataclass(frozen=True)
class Counted:
    """Counts in and out behind every figure of the story; all parts are computed from this one set of listens."""

    listens: int
    plays_in_minutes: int = 0  # short and private ones included
    excluded: Mapping[str, int] = field(default_factory=dict)  # reason: plays
    unknown_length_count: int = 0  # plays that add nothing to the minutes, because their length is unknown


@dataclass(frozen=True)
class Telling:
    """How an insight wants to be told: its headline over the columns of its first row, and its chapter."""

    headline: str
    chapter: str = ""
    meaning: str = ""


@dataclass(frozen=True)
class StoryData:
    """One listener's edition. `insights` holds rows as `wrapped show --format json` gives them, or with Python dates."""

    listener: str  # as displayed
    year: int
    edition: str
    rules: str
    window: tuple[date, date]  # both ends inclusive, local days
    time_zone: str  # IANA; of the clock that the rules count by
    counted: Counted
    insights: Mapping[str, Sequence[Row]]
    tellings: Mapping[str, Telling] = field(default_factory=dict)
    history_since: datetime | str | None = None
    locale: str = "en"  # the language it is told in: one of catalogue.LANGUAGES

    @property
    def language(self) -> Language:
        """What tells it."""
        return language_of(self.locale)

    def rows(self, name: str) -> Sequence[Row]:
        """The insight's rows; none where it was not computed or the edition is a small one that leaves it out."""
        return self.insights.get(name, ()) if not self.is_small or name in SMALL_EDITION else ()

    def first(self, name: str) -> Row:
        """The insight's first row; an empty one where there is none."""
        return next(iter(self.rows(name)), {})

    @property
    def is_small(self) -> bool:
        """Whether the year is too thin for ranks: fewer than 30 recordings or 5 artists, where the totals say so."""
        totals = next(iter(self.insights.get("listening_totals", ())), {})
        recordings, artists = number(totals.get("recording_count")), number(totals.get("artist_count"))
        return (recordings is not None and recordings < MINIMUM_RECORDINGS) or (artists is not None and artists < MINIMUM_ARTISTS)


MINIMUM_RECORDINGS, MINIMUM_ARTISTS = 30, 5
SMALL_EDITION = ("listening_totals", "listening_calendar")


def tellings_of(declarations: Iterable[Declaration]) -> dict[str, Telling]:
    """How each declared insight is told, by its name."""
    return {each.name: Telling(each.headline, each.chapter, each.meaning) for each in declarations}

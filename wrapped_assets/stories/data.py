"""What a story is told from: one listener's rows of one edition, with names, and how they were counted."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property
from typing import Any, ClassVar

from wrapped_assets.contracts.asset import Declaration, Subject
from wrapped_assets.stories.language import Language, language_of
from wrapped_assets.stories.phrases import as_date, local, number

Row = Mapping[str, Any]


@dataclass(frozen=True)
class Counted:
    """Counts in and out behind every figure of the story; all parts are computed from this one set of listens."""

    listens: int
    plays_in_minutes: int = 0  # short and private ones included
    excluded: Mapping[str, int] = field(default_factory=dict)  # reason: plays
    unknown_length_count: int = 0  # plays that add nothing to the minutes, because their length is unknown
    estimated_length_count: int = 0  # plays of unknown length that the rules give one


@dataclass(frozen=True)
class Telling:
    """How an insight wants to be told: its headline over the columns of its first row, and its chapter."""

    headline: str
    chapter: str = ""
    meaning: str = ""
    headline_in_listens: str = ""  # where no length is known


class Tellable:
    """What cards are made of: the rows of a listener's, an artist's or a group's insights, and how they are told."""

    subject: ClassVar[Subject]
    own_names: ClassVar[tuple[str, ...]]  # columns that name whose year it is: the same in every row
    year: int
    time_zone: str
    insights: Mapping[str, Sequence[Row]]
    tellings: Mapping[str, Telling]
    locale: str

    @property
    def language(self) -> Language:
        """What tells it."""
        return language_of(self.locale)

    def rows(self, name: str) -> Sequence[Row]:
        """The insight's rows; none where it was not computed."""
        return self.insights.get(name, ())

    def first(self, name: str) -> Row:
        """The insight's first row; an empty one where there is none."""
        return next(iter(self.rows(name)), {})


@dataclass(frozen=True)
class StoryData(Tellable):
    """One listener's edition. `insights` holds rows as `wrapped show --format json` gives them, or with Python dates."""

    subject: ClassVar[Subject] = "listener"
    own_names: ClassVar[tuple[str, ...]] = ("listener_name",)

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

    def rows(self, name: str) -> Sequence[Row]:
        """The insight's rows; none where it was not computed, a small edition leaves it out, or nothing earlier says what is new."""
        is_left_out = (self.is_small and name not in SMALL_EDITION) or ((self.begins_here or self.is_all_new) and name in OF_WHAT_IS_NEW)
        rows = () if is_left_out else self.insights.get(name, ())
        if self.is_small and name == "top_recordings":  # its song is told, and no ranking
            rows = rows[:1]
        if self.length_known_share < LEAST_KNOWN:  # minutes of so few are no minutes of the year: listens are told instead
            rows = [{**row, "minutes": 0.0} if row.get("minutes") else row for row in rows]
        return rows

    @cached_property
    def length_known_share(self) -> float:
        """Of the plays that the minutes are told from, the share that adds to them; 1 where the rules estimate the others."""
        plays, unknown = self.counted.plays_in_minutes, self.counted.unknown_length_count
        return 1 - unknown / plays if plays else 1.0

    @cached_property
    def heard(self) -> tuple[date, date] | None:
        """The first and the last local day of the window with music; None where no day is known to have any."""
        found = (row for row in self.rows("listening_calendar") if number(row.get("listen_count")) or number(row.get("minutes")))
        days = [day for row in found if (day := as_date(row.get("local_date"))) and self.window[0] <= day <= self.window[1]]
        return (min(days), max(days)) if days else None

    @cached_property
    def begins_here(self) -> bool:
        """Whether nothing is known from before the window: everything would be new, which says nothing of the listener."""
        since = local(self.history_since, self.time_zone) if self.history_since else None
        return since is not None and since.date() >= self.window[0]

    @cached_property
    def is_all_new(self) -> bool:
        """Whether every artist of the year is new: what is known from before is too little to say what was."""
        totals, new = (next(iter(self.insights.get(name, ())), {}) for name in ("listening_totals", "discoveries"))
        artists = number(totals.get("artist_count"))
        return artists is not None and artists > 0 and (number(new.get("new_artist_count")) or 0) >= artists

    @cached_property
    def is_small(self) -> bool:
        """Whether the year is too thin for ranks: fewer than 30 recordings or 5 artists, where the totals say so."""
        totals = next(iter(self.insights.get("listening_totals", ())), {})
        recordings, artists = number(totals.get("recording_count")), number(totals.get("artist_count"))
        return (recordings is not None and recordings < MINIMUM_RECORDINGS) or (artists is not None and artists < MINIMUM_ARTISTS)


MINIMUM_RECORDINGS, MINIMUM_ARTISTS = 30, 5
LEAST_KNOWN = 0.1  # of the listens: what is told of fewer would be told of the source or the catalogue, not of the listener
OF_WHAT_IS_NEW = ("discoveries", "discovery_months", "top_discoveries")
SMALL_EDITION = ("listening_totals", "listening_calendar", "first_listen", "top_recordings")


def tellings_of(declarations: Iterable[Declaration]) -> dict[str, Telling]:
    """How each declared insight is told, by its name."""
    return {each.name: Telling(each.headline, each.chapter, each.meaning, each.headline_in_listens) for each in declarations}

"""What a story is told from: one listener's rows of one edition, with names, and how they were counted."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property
from typing import ClassVar

from wrapped_assets.contracts.asset import Declaration, Subject
from wrapped_assets.stories.language import Language, language_of
from wrapped_assets.stories.phrases import as_date, days_by_text, local, number
from wrapped_assets.stories.rows import Row, values_of
from wrapped_assets.stories.spans import language_of_months, title_of
from wrapped_assets.vocabulary.spans import Span


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

    @property
    def title(self) -> str:
        """What time it tells: the year, unless a story says other months."""
        return str(self.year)

    def rows(self, name: str) -> Sequence[Row]:
        """The insight's rows; none where it was not computed."""
        return self.insights.get(name, ())

    def first(self, name: str) -> Row:
        """The insight's first row; an empty one where there is none."""
        rows = self.rows(name)
        return rows[0] if rows else {}


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
    span: str = ""  # the canonical name of other months than a year; `year` is then that of the last
    months: Span | None = None
    before: Row = field(default_factory=dict)  # the totals of the same months a year earlier; none where they are not known

    @property
    def language(self) -> Language:
        return language_of_months(self.locale) if self.span else language_of(self.locale)

    @property
    def title(self) -> str:
        return title_of(self.span, self.months, self.language) if self.span and self.months else str(self.year)

    @property
    def title_before(self) -> str:
        """What time `before` is of: the same a year earlier."""
        if self.months is None:
            return str(self.year - 1)
        earlier = Span(self.months.first.shift(-12), self.months.last.shift(-12))
        return title_of(str(earlier), earlier, self.language)

    def against_before(self, column: str) -> float | None:
        """By which share a total exceeds that of a year earlier; None where that is not known from its beginning on."""
        if not self.before:  # of a year, an asset says which of its numbers have one beside them
            both = self.first("totals_before")
            now, before = number(both.get(column)), number(both.get(f"before_{column}"))
            return now / before - 1 if now and before else None
        now, before = number(self.first("listening_totals").get(column)), number(self.before.get(column))
        since = local(self.history_since, self.time_zone) if self.history_since else None
        begins = date(self.window[0].year - 1, self.window[0].month, 28)  # the first listen may come some days after a window begins
        return now / before - 1 if now and before and since and since.date() <= begins else None

    @property
    def minimum(self) -> tuple[int, int]:
        """The fewest recordings and artists of which ranks are told."""
        is_month = self.months is not None and self.months.first == self.months.last
        return (MINIMUM_RECORDINGS_OF_A_MONTH, MINIMUM_ARTISTS_OF_A_MONTH) if is_month else (MINIMUM_RECORDINGS, MINIMUM_ARTISTS)

    def rows(self, name: str) -> Sequence[Row]:
        """The insight's rows; none where it was not computed, a small edition leaves it out, or nothing earlier says what is new."""
        if name not in self._told:
            self._told[name] = self._rows(name)
        return self._told[name]

    @cached_property
    def _told(self) -> dict[str, Sequence[Row]]:
        """The rows of each insight that was asked for: a page asks three hundred times for those of forty."""
        return {}

    def _rows(self, name: str) -> Sequence[Row]:
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
        days = [day for day, minutes, listens in self._days if minutes or listens]
        return (min(days), max(days)) if days else None

    @cached_property
    def begins_here(self) -> bool:
        """Whether nothing is known from before the window: everything would be new, which says nothing of the listener."""
        since = local(self.history_since, self.time_zone) if self.history_since else None
        return since is not None and since.date() >= self.window[0]

    @cached_property
    def calendar(self) -> Mapping[str, dict[date, float]]:
        """The days inside the window by minutes and by listens; nothing where all are nought, as minutes of unknown lengths are."""
        minutes = {day: value for day, value, _ in self._days if value is not None}
        listens = {day: value for day, _, value in self._days if value is not None}
        return {column: days if any(days.values()) else {} for column, days in (("minutes", minutes), ("listen_count", listens))}

    @cached_property
    def _days(self) -> list[tuple[date, float | None, float | None]]:
        """Each day inside the window that the calendar has, with its minutes and its listens."""
        start, end = self.window
        written, found = days_by_text(start, end), list[tuple[date, float | None, float | None]]()
        for value, minutes, listens in values_of(self.rows("listening_calendar"), "local_date", "minutes", "listen_count"):
            day = (written.get(value) if isinstance(value, str) else None) or as_date(value)
            if day and start <= day <= end:
                found.append((day, number(minutes), number(listens)))
        return found

    @cached_property
    def is_all_new(self) -> bool:
        """Whether every artist of the year is new: what is known from before is too little to say what was."""
        totals, new = (next(iter(self.insights.get(name, ())), {}) for name in ("listening_totals", "discoveries"))
        artists = number(totals.get("artist_count"))
        return artists is not None and artists > 0 and (number(new.get("new_artist_count")) or 0) >= artists

    @cached_property
    def is_small(self) -> bool:
        """Whether the year is too thin for ranks: fewer than 30 recordings or 5 artists (a month: 10 and 3), where the totals say so."""
        totals = next(iter(self.insights.get("listening_totals", ())), {})
        recordings, artists = number(totals.get("recording_count")), number(totals.get("artist_count"))
        return (recordings is not None and recordings < self.minimum[0]) or (artists is not None and artists < self.minimum[1])


MINIMUM_RECORDINGS, MINIMUM_ARTISTS = 30, 5
MINIMUM_RECORDINGS_OF_A_MONTH, MINIMUM_ARTISTS_OF_A_MONTH = 10, 3
LEAST_KNOWN = 0.1  # of the listens: what is told of fewer would be told of the source or the catalogue, not of the listener
OF_WHAT_IS_NEW = ("discoveries", "discovery_months", "top_discoveries")
SMALL_EDITION = ("listening_totals", "listening_calendar", "first_listen", "top_recordings")


def tellings_of(declarations: Iterable[Declaration]) -> dict[str, Telling]:
    """How each declared insight is told, by its name."""
    return {each.name: Telling(each.headline, each.chapter, each.meaning, each.headline_in_listens) for each in declarations}

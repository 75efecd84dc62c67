"""What a group's year is told from: its consenting members, their places in awards, and the overlap of each pair."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import ClassVar

from wrapped_assets.contracts.asset import Subject
from wrapped_assets.stories import phrases
from wrapped_assets.stories.data import Row, Tellable, Telling

FEW = 20  # fewer listeners than this are never counted out: they could be guessed
_NAMES = ("recording_name", "artist_name")


@dataclass(frozen=True)
class Award:
    """One member's place in an award, the winner's first; `cards/together.py` says what its value counts."""

    award: str
    listener: str
    value: float
    recording_name: str = ""  # of a rarest listen
    artist_name: str = ""


@dataclass(frozen=True)
class Overlap:
    """How far two members' shares of artists agree, 0 to 1, and the artist who makes most of it; empty where there is none."""

    one: str
    other: str
    overlap_share: float
    artist_name: str = ""


@dataclass(frozen=True)
class GroupData(Tellable):
    """One group's edition; members are those who consented, in the order in which they are shown.

    `insights` holds the rows of the group's other insights, with their members' names in place of ids.
    """

    subject: ClassVar[Subject] = "group"
    own_names: ClassVar[tuple[str, ...]] = ("group_name",)
    time_zone: ClassVar[str] = "UTC"  # members share no clock

    name: str
    year: int
    edition: str
    rules: str
    window: tuple[date, date]
    members: Sequence[str]
    awards: Sequence[Award]
    overlaps: Sequence[Overlap]
    locale: str = "en"
    insights: Mapping[str, Sequence[Row]] = field(default_factory=dict)
    tellings: Mapping[str, Telling] = field(default_factory=dict)
    agreed: Mapping[str, date] = field(default_factory=dict)  # since when each member agrees to be told with the group

    def shares_of(self, member: str = "") -> dict[tuple[int, int], float]:
        """What each pair shares, by places of its two members in `members`; of one member's pairs where one is named."""
        places = {each: place for place, each in enumerate(self.members)}
        return {
            (min(places[pair.one], places[pair.other]), max(places[pair.one], places[pair.other])): pair.overlap_share
            for pair in self.overlaps
            if pair.one in places and pair.other in places and pair.one != pair.other and member in ("", pair.one, pair.other)
        }


def each_once(overlaps: Sequence[Overlap]) -> list[Overlap]:
    """Each pair once, the first way round."""
    return list({frozenset((pair.one, pair.other)): pair for pair in reversed(overlaps)}.values())[::-1]


def awards_of(rows: Iterable[Row]) -> list[Award]:
    """The awards from the rows of insights/group_awards, with `listener_name`, `recording_name` and `artist_name` beside the ids."""
    return [
        Award(str(row["award"]), phrases.name(row.get("listener_name")), figure, *(phrases.name(row.get(column), "") for column in _NAMES))
        for row in sorted(rows, key=lambda row: row["award_rank"])
        if (figure := phrases.number(row.get("award_figure"))) is not None
    ]


def overlaps_of(rows: Iterable[Row]) -> list[Overlap]:
    """The pairs from the rows of insights/group_overlaps, with `listener_name`, `other_listener_name` and `common_artist_name`."""
    names = ("listener_name", "other_listener_name")
    return [
        Overlap(*(phrases.name(row.get(name)) for name in names), share, phrases.name(row.get("common_artist_name"), ""))
        for row in rows
        if (share := phrases.number(row.get("overlap_share"))) is not None
    ]

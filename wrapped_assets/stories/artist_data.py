"""What an artist's year is told from: the rows of the artist's insights, over all listeners."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import ClassVar

from wrapped_assets.contracts.asset import Subject
from wrapped_assets.stories.data import Row, Tellable, Telling


@dataclass(frozen=True)
class ArtistData(Tellable):
    """One artist's edition. `insights` holds the rows of insights/artist by name; the artist has 20 listeners or more."""

    subject: ClassVar[Subject] = "artist"
    own_names: ClassVar[tuple[str, ...]] = ("artist_name",)
    time_zone: ClassVar[str] = "UTC"  # listeners of an artist share no clock

    name: str  # as displayed
    year: int
    edition: str
    rules: str
    window: tuple[date, date]
    minimum_listeners: int
    insights: Mapping[str, Sequence[Row]]
    locale: str = "en"
    tellings: Mapping[str, Telling] = field(default_factory=dict)
    is_rounded: bool = False  # told from a delivered export, whose numbers are about

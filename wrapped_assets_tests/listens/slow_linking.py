"""The links of docs/matching.md once more, in plain Python: which of one listener's plays are one recording, and which one artist."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import combinations

GENERIC = "various artists"
MOST_NAMES = 3
TOGETHER_S = {True: 0.999, False: 60.0}  # whether two records stand in one format → how far apart two names of one playback are
Recording = tuple[str, str]  # title and artist in the form for comparison


@dataclass(frozen=True)
class Heard:
    """One record of one listener. Titles name no guests and no versions."""

    at: datetime
    title: str
    artist: str
    source: int
    album: str | None = None
    spotify: str | None = None
    isrc: str | None = None
    mbid: str | None = None
    sent: Recording | None = None

    @property
    def name(self) -> Recording:
        return self.title.casefold(), self.artist.casefold()

    def ids(self) -> Iterator[Hashable]:
        """What makes two records one recording; MBIDs only where title or artist agrees."""
        if self.spotify:
            yield "spotify", self.spotify
        if self.isrc:
            yield "isrc", self.isrc
        if self.mbid:
            yield "mbid and title", self.mbid, self.name[0]
            yield "mbid and artist", self.mbid, self.name[1]


class Groups:
    """Things of which some are one."""

    def __init__(self) -> None:
        self._parent: dict[Hashable, Hashable] = {}

    def of(self, one: Hashable) -> Hashable:
        while (parent := self._parent.setdefault(one, one)) != one:
            one = parent
        return one

    def join(self, one: Hashable, other: Hashable) -> None:
        self._parent[self.of(one)] = self.of(other)


def linked_slowly(records: Iterable[Heard]) -> dict[tuple[datetime, int], tuple[Hashable, str]]:
    """(time, format) of each record → its recording, and its artist in the form for comparison."""
    records = list(records)
    artist_of = _renamed(records)
    renamed = {one: (one.name[0], artist_of[one.name[1]]) for one in records}
    recordings = Groups()
    for one in records:
        keys = [("exported", one.name), *one.ids(), *([("exported", one.sent)] if one.sent else [])]
        for key in keys:
            recordings.join(renamed[one], ("key", key))
    for one, other in combinations(records, 2):
        if _one_playback(one, other):
            recordings.join(renamed[one], renamed[other])
    newest: dict[Hashable, tuple[datetime, str]] = {}
    for one in records:
        group = recordings.of(renamed[one])
        newest[group] = max(newest.get(group, (one.at, "")), (one.at, renamed[one][1]))
    return {(one.at, one.source): (group, newest[group][1]) for one in records for group in [recordings.of(renamed[one])]}


def _renamed(records: list[Heard]) -> dict[str, str]:
    """Each artist → the newest of its names: an id gave one title two artists."""
    artists = Groups()
    for one, other in combinations(records, 2):
        different = one.name[1] != other.name[1] and GENERIC not in (one.name[1], other.name[1])
        if different and one.name[0] == other.name[0] and set(one.ids()) & set(other.ids()):
            artists.join(one.name[1], other.name[1])
    names = {one.name[1] for one in records}
    sizes = Counter(artists.of(name) for name in names)
    last = {name: max(one.at for one in records if one.name[1] == name) for name in names}
    found = {}
    for name in names:
        same = [other for other in names if artists.of(other) == artists.of(name)]
        found[name] = max(same, key=last.__getitem__) if sizes[artists.of(name)] <= MOST_NAMES else name
    return found


def _one_playback(one: Heard, other: Heard) -> bool:
    apart = abs((one.at - other.at).total_seconds())
    return (
        one.name != other.name
        and one.name[0] == other.name[0]
        and one.album is not None
        and other.album is not None
        and one.album.casefold() == other.album.casefold()
        and apart <= TOGETHER_S[one.source == other.source]
    )

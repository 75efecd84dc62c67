"""The rankings once more, in plain Python from raw plays: slow, short and independent of the package."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from math import sqrt
from typing import Any
from zoneinfo import ZoneInfo

from wrapped_assets_tests.insights.worlds import Play, Song

Rows = list[dict[str, Any]]


@dataclass(frozen=True)
class Seen:
    """A listener's plays with local days; what counts and what is known; ids by name."""

    plays: tuple[Play, ...]
    zone: str
    first: date
    last: date
    ids: dict[str, dict[str, int]]

    def day(self, play: Play) -> date:
        return play.start.astimezone(ZoneInfo(self.zone)).date()

    def in_window(self, play: Play) -> bool:
        return self.first <= self.day(play) <= self.last

    @property
    def heard(self) -> list[Play]:
        """Listens of all time up to the year's end, in the window or not."""
        return [play for play in self.plays if not play.is_private and play.ms_played >= 30_000 and self.day(play).year <= self.first.year]

    @property
    def listens(self) -> list[Play]:
        return [play for play in self.heard if self.in_window(play)]

    def recording(self, song: Song) -> int:
        return self.ids["recording_id"][song.title]

    def artist(self, name: str) -> int:
        return self.ids["artist_id"][name]


def by_listens(pairs: Iterable[tuple[int, Play]]) -> list[tuple[int, list[Play]]]:
    """(id, its listens) in the order of every ranking."""
    groups: dict[int, list[Play]] = defaultdict(list)
    for key, play in pairs:
        groups[key].append(play)
    return sorted(
        groups.items(), key=lambda item: (-len(item[1]), -sum(p.ms_played for p in item[1]), min(p.start for p in item[1]), item[0])
    )


def _rows(ranking: list[tuple[int, list[Play]]], name: str) -> Rows:
    return [{f"{name}_rank": place, f"{name}_id": key, "listen_count": len(plays), "first_listened_at": min(play.start for play in plays)}
            for place, (key, plays) in enumerate(ranking, start=1)]  # fmt: skip


def artist_pairs(seen: Seen, listens: list[Play]) -> list[tuple[int, Play]]:
    return [(seen.artist(name), play) for play in listens for name in play.song.artists]


def top_recordings(seen: Seen) -> Rows:
    return _rows(by_listens((seen.recording(play.song), play) for play in seen.listens)[:100], "recording")


def top_artists(seen: Seen) -> Rows:
    return _rows(by_listens(artist_pairs(seen, seen.listens))[:50], "artist")


def top_release_groups(seen: Seen) -> Rows:
    albums = [
        (seen.ids["release_group_id"][f"{play.song.release_group}/{play.song.artists[0]}"], play)
        for play in seen.listens
        if play.song.release_group
    ]
    return _rows(by_listens(albums)[:50], "release_group")


def top_discoveries(seen: Seen) -> Rows:
    first: dict[str, Play] = {}
    for play in sorted(seen.heard, key=lambda play: play.start):
        first.setdefault(play.song.title, play)
    new = [play for play in seen.listens if seen.in_window(first[play.song.title])]
    primary = {seen.recording(play.song): play.song.artists[0] for play in new}
    kept, used = [], Counter()
    for key, plays in by_listens((seen.recording(play.song), play) for play in new):
        if len(plays) >= 4 and used[primary[key]] < 2:
            used[primary[key]] += 1
            kept.append((key, plays))
    is_first_year = all(seen.day(play) >= seen.first for play in seen.heard)
    return [row | {"is_first_year": is_first_year} for row in _rows(kept[:50], "recording")]


def artist_race(seen: Seen) -> Rows:
    pairs = artist_pairs(seen, seen.listens)
    runners = [key for key, _ in by_listens(pairs)[:5]]
    rows: Rows = []
    for number in range(seen.first.month, seen.last.month + 1):
        month = f"{seen.first.year}-{number:02d}"
        so_far = [(key, play) for key, play in pairs if key in runners and seen.day(play).month <= number]
        order = [key for key, _ in by_listens(so_far)]
        silent = sorted((key for key in runners if key not in order), key=lambda key: (min(p.start for k, p in pairs if k == key), key))
        for rank, key in enumerate(order + silent, start=1):
            months = Counter(seen.day(play).month for k, play in pairs if k == key)
            peak = min(months, key=lambda one: (-months[one], one))
            rows.append({
                "month": month, "artist_id": key, "listen_count": months[number], "artist_rank": rank, "is_peak_month": peak == number,
                "cumulative_listen_count": sum(count for one, count in months.items() if one <= number),
            })  # fmt: skip
    return rows


def your_top_songs(seen: Seen) -> Rows:
    scored = []
    for key, plays in by_listens((seen.recording(play.song), play) for play in seen.listens):
        scored.append((-sqrt(len(plays) * len({seen.day(play) for play in plays})), -len(plays), key, plays[0].song.artists[0]))
    scored.sort(key=lambda song: song[:2])  # stable: the rest of the order is that of the ranking
    order, left = scored[:10], scored[10:]
    while left:
        song = next((song for song in left if song[3] != order[-1][3]), None)
        if song is None:
            return []  # the end of a list that cannot be told so simply; see the tests of kernels.spacing
        left.remove(song)
        order.append(song)
    return [
        {"playlist_position": place, "recording_id": song[2], "playlist_score": -song[0]} for place, song in enumerate(order[:100], start=1)
    ]

"""The rankings once more, in plain Python from raw plays: slow, short and independent of the package."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
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


def _by_listens(pairs: Iterable[tuple[int, Play]]) -> list[tuple[int, list[Play]]]:
    """(id, its listens) in the order of every ranking."""
    groups: dict[int, list[Play]] = defaultdict(list)
    for key, play in pairs:
        groups[key].append(play)
    return sorted(groups.items(), key=lambda item: (-len(item[1]), -sum(p.ms_played for p in item[1]), min(p.start for p in item[1]), item[0]))


def _rows(ranking: list[tuple[int, list[Play]]], name: str) -> Rows:
    return [{f"{name}_rank": place, f"{name}_id": key, "listen_count": len(plays), "first_listened_at": min(play.start for play in plays)}
            for place, (key, plays) in enumerate(ranking, start=1)]  # fmt: skip


def _artist_pairs(seen: Seen, listens: list[Play]) -> list[tuple[int, Play]]:
    return [(seen.artist(name), play) for play in listens for name in play.song.artists]


def top_recordings(seen: Seen) -> Rows:
    return _rows(_by_listens((seen.recording(play.song), play) for play in seen.listens)[:100], "recording")


def top_artists(seen: Seen) -> Rows:
    return _rows(_by_listens(_artist_pairs(seen, seen.listens))[:50], "artist")


def top_release_groups(seen: Seen) -> Rows:
    albums = [(seen.ids["release_group_id"][f"{play.song.release_group}/{play.song.artists[0]}"], play) for play in seen.listens if play.song.release_group]
    return _rows(_by_listens(albums)[:50], "release_group")


def top_discoveries(seen: Seen) -> Rows:
    first: dict[str, Play] = {}
    for play in sorted(seen.heard, key=lambda play: play.start):
        first.setdefault(play.song.title, play)
    new = [play for play in seen.listens if seen.in_window(first[play.song.title])]
    primary = {seen.recording(play.song): play.song.artists[0] for play in new}
    kept, used = [], Counter()
    for key, plays in _by_listens((seen.recording(play.song), play) for play in new):
        if len(plays) >= 4 and used[primary[key]] < 2:
            used[primary[key]] += 1
            kept.append((key, plays))
    return _rows(kept[:50], "recording")


def artist_race(seen: Seen) -> Rows:
    pairs = _artist_pairs(seen, seen.listens)
    runners = [key for key, _ in _by_listens(pairs)[:5]]
    rows: Rows = []
    for number in range(seen.first.month, seen.last.month + 1):
        month = f"{seen.first.year}-{number:02d}"
        so_far = [(key, play) for key, play in pairs if key in runners and seen.day(play).month <= number]
        order = [key for key, _ in _by_listens(so_far)]
        silent = sorted((key for key in runners if key not in order), key=lambda key: (min(p.start for k, p in pairs if k == key), key))
        for rank, key in enumerate(order + silent, start=1):
            months = Counter(seen.day(play).month for k, play in pairs if k == key)
            peak = min(months, key=lambda one: (-months[one], one))
            rows.append({
                "month": month, "artist_id": key, "listen_count": months[number], "artist_rank": rank, "is_peak_month": peak == number,
                "cumulative_listen_count": sum(count for one, count in months.items() if one <= number),
            })  # fmt: skip
    return rows


def most_replayed_day(seen: Seen) -> Rows:
    groups: dict[tuple[date, int], list[Play]] = defaultdict(list)
    for play in seen.listens:
        groups[seen.day(play), seen.recording(play.song)].append(play)
    ranking = sorted(groups, key=lambda key: (-len(groups[key]), key[0], min(play.start for play in groups[key]), key[1]))
    return [{"recording_id": key[1], "local_date": key[0], "listen_count": len(groups[key])} for key in ranking[:1]]


def _longest_run(days: set[date]) -> tuple[int, date]:
    """Length, and first day, of the longest run; the earliest of equals."""
    runs = []
    for day in days:
        length = 1
        while day + timedelta(days=length) in days:
            length += 1
        runs.append((-length, day))
    length, day = min(runs)
    return -length, day


def _run(days: set[date]) -> dict[str, Any]:
    length, day = _longest_run(days)
    return {"streak_day_count": length, "first_local_date": day, "last_local_date": day + timedelta(days=length - 1)}


def listening_streak(seen: Seen) -> Rows:
    days = {seen.day(play) for play in seen.listens}
    current = 0
    while seen.last - timedelta(days=current) in days:
        current += 1
    return [{**_run(days), "active_day_count": len(days), "current_streak_day_count": current}] if days else []


def artist_streak(seen: Seen) -> Rows:
    pairs = _artist_pairs(seen, seen.listens)
    runs = []
    for artist in {key for key, _ in pairs}:
        theirs = [play for key, play in pairs if key == artist]
        run = _run({seen.day(play) for play in theirs})
        runs.append(((-run["streak_day_count"], run["first_local_date"], -len(theirs), artist), {"artist_id": artist, **run}))
    return [min(runs, key=lambda run: run[0])[1]] if runs else []


def longest_session(seen: Seen) -> Rows:
    sittings: list[tuple[datetime, datetime, int]] = []
    for play in sorted((play for play in seen.plays if not play.is_private and seen.in_window(play)), key=lambda play: play.start):
        end, counts = play.start + timedelta(milliseconds=play.ms_played), play.ms_played >= 30_000
        if sittings and play.start - sittings[-1][1] <= timedelta(minutes=20):
            first, last, listens = sittings.pop()
            sittings.append((first, max(last, end), listens + counts))
        else:
            sittings.append((play.start, end, int(counts)))
    listened = sorted((first - last, first, last, listens) for first, last, listens in sittings if listens)
    return [{"session_started_at": first, "session_ended_at": last, "listen_count": listens} for _, first, last, listens in listened[:1]]


def busiest_day(seen: Seen) -> Rows:
    days: dict[date, list[Play]] = defaultdict(list)
    for play in seen.plays:
        if seen.in_window(play):
            days[seen.day(play)].append(play)
    counted = {day: [play for play in seen.listens if seen.day(play) == day] for day in days}
    ranking = sorted((-sum(play.ms_played for play in plays), -len(counted[day]), day) for day, plays in days.items() if counted[day])
    return [
        {
            "local_date": day, "listen_count": len(counted[day]), "recording_count": len({play.song for play in counted[day]}), "minutes": -ms / 60_000,
            "top_recording_id": _by_listens((seen.recording(play.song), play) for play in counted[day])[0][0],
        }
        for ms, _, day in ranking[:1]
    ]


def your_top_songs(seen: Seen) -> Rows:
    scored = []
    for key, plays in _by_listens((seen.recording(play.song), play) for play in seen.listens):
        scored.append((-sqrt(len(plays) * len({seen.day(play) for play in plays})), -len(plays), key, plays[0].song.artists[0]))
    scored.sort(key=lambda song: song[:2])  # stable: the rest of the order is that of the ranking
    order, left = scored[:10], scored[10:]
    while left:
        song = next((song for song in left if song[3] != order[-1][3]), None)
        if song is None:
            return []  # the end of a list that cannot be told so simply; see the tests of kernels.spacing
        left.remove(song)
        order.append(song)
    return [{"playlist_position": place, "recording_id": song[2], "playlist_score": -song[0]} for place, song in enumerate(order[:100], start=1)]


TWINS: dict[str, Callable[[Seen], Rows]] = {
    twin.__name__: twin
    for twin in (top_recordings, top_artists, top_release_groups, top_discoveries, artist_race, most_replayed_day, listening_streak,
                 artist_streak, longest_session, busiest_day, your_top_songs)
}  # fmt: skip

"""A life as plays: days, sessions, songs and how long each was heard."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from wrapped_synthesis.household_lives import Life, MonthDay
from wrapped_synthesis.household_music import Song

_MINUTE_MS = 60_000


@dataclass(frozen=True)
class Play:
    """One playback; it ends on a whole second, as exports that state the end have it."""

    listened_at_ms: int
    song: Song
    ms_played: int
    is_skipped: bool = False
    is_private: bool = False

    @property
    def ended_at_ms(self) -> int:
        """Milliseconds since 1970 at which it stopped."""
        return self.listened_at_ms + self.ms_played


@dataclass(frozen=True)
class _Session:
    starts_at_ms: int
    songs: tuple[Song, ...]
    is_whole: bool = False  # nothing in it is skipped


class Choice:
    """Choices from a seed; only `random()` is used, whose sequence Python promises to keep."""

    def __init__(self, seed: str) -> None:
        self._random = random.Random(seed)

    def share(self) -> float:
        """A number in [0, 1)."""
        return self._random.random()

    def below(self, count: int) -> int:
        """A whole number in [0, count)."""
        return int(self._random.random() * count)

    def early(self, count: int, power: float = 2.0) -> int:
        """A whole number in [0, count), mostly a small one."""
        return int(self._random.random() ** power * count)


def plays_of(life: Life, music: dict[str, list[Song]], seed: int, years: Sequence[int]) -> list[Play]:
    """All plays of a life in order of time; none overlap."""
    choice = Choice(f"{seed}/{life.name}")
    first, last = min(years), max(years)
    sessions: list[_Session] = []
    for year in years:
        for day in _days(year):
            sessions += _ordinary_sessions(life, music, choice, day, first, last)
    sessions += _special_sessions(life, music, choice, last)
    return _heard(sorted(sessions, key=lambda session: session.starts_at_ms), choice)


def _days(year: int) -> Iterator[date]:
    day = date(year, 1, 1)
    while day.year == year:
        yield day
        day += timedelta(days=1)


def _within(day: date, span: tuple[MonthDay, MonthDay] | None) -> bool:
    return span is not None and span[0] <= (day.month, day.day) <= span[1]


def _instant_ms(life: Life, day: date, hour: int, minute: int) -> int:
    local = datetime(day.year, day.month, day.day, hour, minute, tzinfo=ZoneInfo(life.time_zone))
    return int(local.astimezone(UTC).timestamp()) * 1000


def _ordinary_sessions(life: Life, music: dict[str, list[Song]], choice: Choice, day: date, first: int, last: int) -> list[_Session]:
    is_last = day.year == last
    on_streak = is_last and _within(day, life.streak)
    if not on_streak and ((is_last and _within(day, life.away)) or choice.share() > life.active_share):
        return []
    sessions = []
    for _ in range(1 + (choice.share() < 0.28)):
        pool = _pool(life, day, first, last)
        length = 1 + choice.early(8, 0.95)
        artist = pool[choice.early(len(pool), 1.6)] if choice.share() < 0.3 else None
        chosen = [_song(music[artist or pool[choice.early(len(pool), 1.6)]], choice) for _ in range(length)]
        if life.summer and is_last and life.summer[2][0] <= day.month <= life.summer[2][1] and choice.share() < 0.7:
            chosen.insert(choice.below(2), _named(music, life.summer[0], life.summer[1]))
        starts_at = _instant_ms(life, day, life.hours[choice.below(len(life.hours))], choice.below(60))
        sessions.append(_Session(starts_at, tuple(chosen), is_whole=on_streak))
    return sessions


def _pool(life: Life, day: date, first: int, last: int) -> list[str]:
    """The artists of a day, likeliest first: the newly found push forward, the favourites turn with the months."""
    turned = [*life.favourites[:3], *life.favourites[3 + day.month % 3 :], *life.favourites[3 : 3 + day.month % 3]]
    if day.year == last:
        found = [artist for artist, month in life.discoveries.items() if month <= day.month]
        turned[1:1] = reversed(found[-2:])
        turned += found[:-2]
    # Heard until March of the first year and then not for more than a year.
    if (day.year == first and day.month <= 3) or (day.year == last and day.month >= 5):
        turned.insert(4, life.comeback)
    return turned


def _song(of_artist: list[Song], choice: Choice) -> Song:
    return of_artist[choice.early(len(of_artist))]


def _named(music: dict[str, list[Song]], artist: str, title: str) -> Song:
    return next(song for song in music[artist] if song.title == title)


def _special_sessions(life: Life, music: dict[str, list[Song]], choice: Choice, last: int) -> list[_Session]:
    sessions = []
    if life.on_repeat:
        (month, day), artist, title, times = life.on_repeat
        half = times // 2
        song = _named(music, artist, title)
        sessions += [
            _Session(_instant_ms(life, date(last, month, day), 10, 12), (song,) * half, is_whole=True),
            _Session(_instant_ms(life, date(last, month, day), 17, 40), (song,) * (times - half), is_whole=True),
        ]
    if life.long_night:
        evening = date(last, *life.long_night)
        pool = _pool(life, evening, last - 1, last)
        left, songs = 450 * _MINUTE_MS, []
        while left > 0:
            songs.append(_song(music[pool[choice.early(len(pool), 1.2)]], choice))
            left -= songs[-1].duration_ms
        sessions.append(_Session(_instant_ms(life, evening, 21, 4), tuple(songs), is_whole=True))
    for (month, day), artist, title in life.visits:
        sessions.append(_Session(_instant_ms(life, date(last, month, day), 20, 15), (_named(music, artist, title),), is_whole=True))
    return sessions


def _heard(sessions: Sequence[_Session], choice: Choice) -> list[Play]:
    """Plays one after the other; a session that would begin too early waits for the one before."""
    plays: list[Play] = []
    free_at = 0
    for session in sessions:
        at = max(session.starts_at_ms, free_at)
        for song in session.songs:
            is_skipped = not session.is_whole and choice.share() < 0.13
            ms_played = 1_500 + choice.early(45_000) if is_skipped else song.duration_ms
            end = -(-(at + ms_played) // 1000) * 1000
            plays.append(Play(end - ms_played, song, ms_played, is_skipped))
            at = end + (0 if choice.share() < 0.7 else choice.below(20) * 1000)
        free_at = at + 30_000
    return plays


def skipped_run(plays: list[Play], start: int, count: int) -> list[Play]:
    """The plays, of which `count` from `start` on were each left after three seconds."""
    run = [
        replace(play, ms_played=3_000, listened_at_ms=play.ended_at_ms - 3_000, is_skipped=True) for play in plays[start : start + count]
    ]
    return [*plays[:start], *run, *plays[start + count :]]

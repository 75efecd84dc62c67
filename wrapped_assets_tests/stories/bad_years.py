"""Exports of people whose year is no ordinary one, and what is true of each: counted from the plays, without the platform."""

from __future__ import annotations

import csv
from collections import Counter
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

from wrapped_assets_tests.exports import spotify_file

YEAR, WEEK_YEAR = 2024, 2023  # 2024 is a leap year; of 2023 an edition tells one week
WEEK = (date(2023, 6, 5), date(2023, 6, 11))
SCRIPTS = (
    "أم كلثوم — إنت عمري", "שיר לשלום", "東京事変、群青日和", "แสงดาวแห่งศรัทธา", "तुम इतना जो मुस्कुरा रहे हो", "Пётр Ильич Чайковский",
    "Ελευθερία Αρβανιτάκη", "아이유 밤편지", "𝔉𝔯𝔞𝔨𝔱𝔲𝔯 𝔅𝔞𝔫𝔡", "👩‍👩‍👧‍👦 family", "Z̸̡͔a̶͓l̷̜g̵̯o̶̙", "Ꝺꝛaſtıc Ǧẵłį",
)  # fmt: skip
HOSTILE = (
    "<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "</title></style><svg onload=alert(1)>", "{listen_count} {0} %s ${x}",
    "{{ 7*7 }}{% raw %}", "\u202egnp.exe", "&lt;b&gt;&amp;amp;", "-->]]><!--", "javascript:alert(1)", "' OR 1=1;--",
)  # fmt: skip


@dataclass(frozen=True)
class Play:
    """One play of a song by an artist, with its local start in UTC."""

    at: datetime
    song: str
    artist: str
    album: str | None = "An album"
    ms_played: int | None = 180_000


@dataclass(frozen=True)
class BadYear:
    """A listener's plays and the year that is told; `screens` is how high a card may be."""

    plays: tuple[Play, ...]
    year: int = YEAR
    screens: float = 1.0

    @property
    def counted(self) -> list[Play]:
        first, last = WEEK if self.year == WEEK_YEAR else (date(self.year, 1, 1), date(self.year, 12, 31))
        return [play for play in self.plays if first <= play.at.date() <= last]

    @property
    def top(self) -> int:
        """Listens of the most heard song; 0 in a year without any."""
        return max(Counter((play.song, play.artist) for play in self.counted).values(), default=0)

    @property
    def minutes(self) -> float:
        return sum(play.ms_played or 0 for play in self.counted) / 60_000


def _spread(names: list[tuple[str, str, str | None]], count: int, start: datetime, days: int, seed: int, **rest: Any) -> tuple[Play, ...]:
    """As many plays of these songs over the days, the first ones more often; no two begin within five minutes."""
    chance = Random(seed)
    slots = sorted(chance.sample(range(days * 24 * 10), count))
    weights = [(place + 1) ** -0.6 for place in range(len(names))]
    chosen = chance.choices(names, weights, k=count)
    return tuple(
        Play(start + timedelta(minutes=6 * slot), song, artist, album, **rest)
        for slot, (song, artist, album) in zip(slots, chosen, strict=True)
    )


def _songs(count: int, artists: int, mark: str = "") -> list[tuple[str, str, str | None]]:
    return [(f"Song {n}{mark}", f"Artist {n % artists}{mark}", f"Album {n % (2 * artists)}{mark}") for n in range(count)]


def _named(names: tuple[str, ...]) -> list[tuple[str, str, str | None]]:
    return [(f"{name} {n}", names[(n * 7 + 1) % len(names)], names[(n * 3 + 2) % len(names)]) for n, name in enumerate(names * 7)]


def bad_years() -> dict[str, BadYear]:
    """Each case by the listener's name."""
    january, past = datetime(YEAR, 1, 1, 12, tzinfo=UTC), datetime(YEAR - 1, 2, 1, 12, tzinfo=UTC)
    before = _spread(_songs(12, 4), 40, past, 300, 1)
    long = ("W" * 300, "word " * 60, "東" * 300, "Donau" * 60, "x-" * 150, "ي" * 300)
    once = [Play(january + timedelta(minutes=5 * n), "The only song", "The only artist") for n in range(10_000)]
    return {
        "empty": BadYear(before[:5]),
        "three": BadYear((*before[:2], *_spread(_songs(3, 3), 3, january, 300, 2))),
        "one_song": BadYear(tuple(once)),
        "long": BadYear((*before, *_spread(_named(long), 400, january, 360, 3)), screens=1.2),
        "scripts": BadYear((*before, *_spread(_named(SCRIPTS), 500, january, 360, 4)), screens=1.15),
        "hostile": BadYear((*before, *_spread(_named(HOSTILE), 500, january, 360, 5)), screens=1.15),
        "no_lengths": BadYear(_spread(_songs(60, 12), 600, january, 360, 6, ms_played=None)),
        "no_albums": BadYear((*before, *_spread([(song, artist, None) for song, artist, _ in _songs(60, 12)], 500, january, 360, 7))),
        "march": BadYear(_spread(_songs(80, 15), 700, datetime(YEAR, 3, 5, tzinfo=UTC), 300, 8)),
        "leap_day": BadYear(_spread(_songs(40, 8), 150, datetime(YEAR, 2, 29, tzinfo=UTC), 1, 9)),
        "week": BadYear(_spread(_songs(60, 12), 2_000, datetime(WEEK_YEAR, 1, 2, tzinfo=UTC), 360, 10), year=WEEK_YEAR),
    }


def export_of(folder: Path, case: BadYear) -> Path:
    """The plays as an export: Spotify's, or where no length is known a table of scrobbles."""
    if all(play.ms_played for play in case.plays):
        return spotify_file(folder, [_record(play) for play in case.plays])
    path = folder / "recenttracks.csv"
    with path.open("w", newline="", encoding="utf-8") as file:
        rows = csv.writer(file)
        rows.writerow(["uts", "utc_time", "artist", "album", "track"])
        rows.writerows([int(p.at.timestamp()), f"{p.at:%d %b %Y, %H:%M}", p.artist, p.album, p.song] for p in case.plays)
    return path


def _record(play: Play) -> dict[str, Any]:
    ended = play.at + timedelta(milliseconds=play.ms_played or 0)
    return {
        "ts": f"{ended:%Y-%m-%dT%H:%M:%SZ}", "ms_played": play.ms_played, "conn_country": "NO", "ip_addr": "192.0.2.1",
        "master_metadata_track_name": play.song, "master_metadata_album_artist_name": play.artist,
        "master_metadata_album_album_name": play.album, "spotify_track_uri": None, "episode_name": None, "episode_show_name": None,
        "spotify_episode_uri": None, "reason_start": "trackdone", "reason_end": "trackdone", "shuffle": False, "skipped": False,
        "offline": False, "offline_timestamp": None, "incognito_mode": False,
    }  # fmt: skip

"""Listeners to test with: a fixed handful with everything that happens in exports, and small ones at random."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

import polars as pl
from hypothesis import strategies as st

from wrapped_assets.building.rehearsal import Found, rehearse, source_like
from wrapped_assets.contracts.source import PLAY_SCHEMA, Source

YEAR = 2026
SCROBBLES = source_like("scrobbles", code=7, richness=10, resolution_seconds=1)
STREAMS = source_like("streams", code=3, richness=50, resolution_seconds=1)
ZONES = {
    "ana": "Europe/Lisbon",
    "bo": "Australia/Melbourne",
    "cy": "America/New_York",
    "di": "UTC",
    "ed": "Asia/Tokyo",
    "flo": "Africa/Casablanca",
}


@dataclass(frozen=True)
class Song:
    """A recording: no two of them share title and primary artist."""

    title: str
    artists: tuple[str, ...]
    release_group: str | None


SONGS = tuple(
    Song(f"song {n}", (f"artist {n % 4}", *((f"artist {(n + 1) % 4}",) if n % 3 == 0 else ())), f"album {n % 5}" if n % 5 else None)
    for n in range(16)
)


def row(song: Song, start: datetime, ms_played: int | None, **more: Any) -> dict[str, Any]:
    """One play of PLAY_SCHEMA."""
    return {
        "listened_at": start, "ms_played": ms_played, "title": song.title, "artist_credit": " feat. ".join(song.artists),
        "artist_names": list(song.artists), "release_group_name": song.release_group, "media": "music", **more,
    }  # fmt: skip


def frame_of(rows: list[dict[str, Any]]) -> pl.DataFrame:
    """Plays as a source gives them."""
    return pl.DataFrame(rows, schema=PLAY_SCHEMA)


def _agreed(is_open: bool) -> dict[str, bool]:
    return {"is_findable": is_open, "is_recommending": is_open}



# Half of the artists and albums are known to the catalogue, one artist's name is two artists'.
CATALOGUE: dict[str, list[dict[str, Any]]] = {
    "known_artists": [
        {"artist_name": "artist 0", "country": "NO", "place_name": "Bergen", "genre_names": ["Electronic", "downtempo"]},
        {"artist_name": "artist 1", "country": "PT", "place_name": "Porto", "genre_names": ["fado"]},
        {"artist_name": "artist 2", "country": "DE", "genre_names": ["jazz"]},
        {"artist_name": "artist 2", "country": "JP", "genre_names": ["rock"]},
    ],
    "known_release_groups": [
        {"artist_name": f"artist {artist}", "release_group_name": f"album {n}", "track_count": 3, "release_year": 1990 + 9 * n,
         "genre_names": genres}
        for artist in range(3) for n, genres in ((1, ["ambient"]), (2, []), (4, ["electronic"]))
    ],
    "known_recordings": [
        {"recording_name": song.title, "artist_names": list(song.artists), "release_group_name": song.release_group,
         "release_year": 1970 + 3 * n, "genre_names": ["ambient"] if n % 2 else []}
        for n, song in enumerate(SONGS[:12]) if n % 3
    ] + [{"recording_name": "never heard", "artist_names": ["artist 0"], "release_group_name": "album 4", "track_position": 1}],
    "known_genres": [
        {"genre_name": "electronic"}, {"genre_name": "ambient", "parent_genre_name": "electronic"}, {"genre_name": "jazz"},
        {"genre_name": "downtempo", "parent_genre_name": "electronic"}, {"genre_name": "fado"}, {"genre_name": "rock"},
    ],
    "known_places": [
        {"place_name": "Porto", "country": "PT", "inhabitants": 231_000}, {"place_name": "Oslo", "country": "NO", "inhabitants": 717_000},
    ],
}  # fmt: skip
PEOPLE: dict[str, dict[str, Any]] = {
    "ana": {"country": "PT", "place": "Porto", "birth_year": 1990, "is_findable": True, "is_recommending": True, "is_sharing": True},
    "bo": {"country": "PT", "place": "Porto", "birth_year": 1988, "is_findable": True, "is_recommending": True, "is_sharing": True},
    "cy": {"country": "PT", "place": "Porto", "birth_year": 2000, "is_findable": True, "is_recommending": True, "is_sharing": True},
    "di": {"country": "NO", "place": "Oslo", "is_findable": True, "is_recommending": True, "is_sharing": True},
    "ed": {"country": "NO", "place": "Oslo", "birth_year": 1950, "is_findable": True, "is_recommending": True, "is_sharing": True},
}
CROWD = tuple(f"c{n:03d}" for n in range(105))


def _of_the_crowd(n: int) -> dict[str, Any]:
    """What one of the crowd lets be known: of 60 the country, of 90 the year of birth, of 15 nothing."""
    if n % 7 == 0:
        return {}
    country, place = (("PT", "Porto"), ("NO", "Oslo"), (None, None))[n % 3]
    return {"country": country, "place": place if n % 5 else None, "birth_year": 1950 + n % 60, **_agreed(n % 2 == 0)}


PEOPLE |= {name: _of_the_crowd(n) for n, name in enumerate(CROWD)}
CONNOISSEURS = tuple(f"k{n:02d}" for n in range(24))
PEOPLE |= {name: {"birth_year": 1990 + n % 5, **_agreed(n % 3 == 0)} for n, name in enumerate(CONNOISSEURS[:22])}
GROUPS = {"home": ["ana", "bo", "cy"], "work": ["di", "ed"]}
SURROUNDINGS: dict[str, Any] = {"catalogue": CATALOGUE, "people": PEOPLE, "groups": GROUPS, "exclusions": [("gus", "artist", 1)]}


@cache
def everyone() -> dict[str, list[tuple[Source, pl.DataFrame]]]:
    """Listeners with skips, private plays, scrobbles, podcasts and local days that are not UTC's; one hardly listens at all."""
    chance = random.Random(7)
    starts = [datetime(year, month, day, tzinfo=UTC) for year, month, day in
              ((2025, 11, 29), (2025, 12, 30), (2026, 1, 30), (2026, 2, 27), (2026, 3, 28), (2026, 12, 30))]  # fmt: skip
    plays: dict[str, list[tuple[Source, pl.DataFrame]]] = {}
    for listener in sorted(ZONES):
        streams, scrobbles = [], []
        for start in starts:
            for _ in range(3 if listener == "ed" else 40):
                at = start + timedelta(minutes=chance.randrange(4 * 24 * 60))
                song = SONGS[min(chance.randrange(16), chance.randrange(16))]
                if chance.random() < 0.1:
                    scrobbles.append(row(song, at, None, is_scrobble=True, duration_ms=200_000))
                else:
                    media = "podcast" if chance.random() < 0.05 else "music"
                    ms_played = chance.choice((12_000, 29_999, 30_000, 180_000, 240_000))
                    streams.append(row(song, at, ms_played, is_private=chance.random() < 0.05) | {"media": media})
        plays[listener] = [(STREAMS, frame_of(streams)), (SCROBBLES, frame_of(scrobbles))]
    plays["gus"] = [(STREAMS, frame_of([row(SONGS[0], starts[2], 12_000), row(SONGS[1], starts[3], 180_000, is_private=True)]))]
    plays["ivy"] = [(STREAMS, frame_of([row(SONGS[5], starts[4] + timedelta(minutes=2 * n), 60_000) for n in range(1_000)]))]
    plays["hal"] = [(STREAMS, frame_of(_two_years()))]
    return plays | crowd() | connoisseurs()


def crowd() -> dict[str, list[tuple[Source, pl.DataFrame]]]:
    """105 light listeners: all hear song 0, every fourth song 2, so that artists 0 to 2 have an audience; artist 3 has none."""
    plays = {}
    for n, name in enumerate(CROWD):
        start = datetime(YEAR, 1, 30, tzinfo=UTC) + timedelta(days=n % 2, hours=n * 7 % 24)
        heard = [row(SONGS[0], start + timedelta(minutes=5 * times), 180_000) for times in range(1 + n % 3 + 9 * (n == 50))]
        if n % 4 == 0:
            heard.append(row(SONGS[2], datetime(YEAR, 3, 28 + n % 3, 21, tzinfo=UTC), 200_000))
        if n % 4 == 1:  # the year before, too
            heard.append(row(SONGS[1], datetime(YEAR - 1, 12, 30, n % 24, tzinfo=UTC), 180_000))
        if n % 15 == 2:
            heard.append(row(SONGS[0], start + timedelta(hours=2), 12_000, is_skipped=True))
        plays[name] = [(STREAMS, frame_of(heard))]
    return plays


def connoisseurs() -> dict[str, list[tuple[Source, pl.DataFrame]]]:
    """24 who hear enough known music to be compared with each other; most were heard the year before, too."""
    plays = {}
    for n, name in enumerate(CONNOISSEURS):
        often = {1: 20, 5: 6 + n % 5, 4: 4 + n % 3, 8: n % 4, 2: 5 * (n % 2), 10: 3 + n % 7}  # songs of the artists with an audience
        songs = [SONGS[song] for song, times in often.items() for _ in range(times)]
        start = datetime(YEAR, 3, 28 + n % 3, n % 24, tzinfo=UTC)
        heard = [row(song, start + timedelta(minutes=4 * place), 180_000) for place, song in enumerate(songs)]
        if n % 6:
            heard += [row(SONGS[song], datetime(YEAR - 1, 12, 30, n % 24, song, tzinfo=UTC), 180_000) for song in (1, 4)[: n % 3]]
        plays[name] = [(STREAMS, frame_of(heard))]
    return plays


def _two_years() -> list[dict[str, Any]]:
    """A song heard every month, one heard again after a year and a half, and a podcast of two episodes; skips are known."""
    months = [datetime(year, month, 9, 8, tzinfo=UTC) for year in (2025, 2026) for month in range(1, 13)]
    heard = [row(SONGS[1], start, 180_000, is_skipped=False) for start in months]
    heard += [row(SONGS[2], months[at] + timedelta(hours=1), 200_000, is_skipped=at == 0) for at in (0, 18)]
    return heard + [row(SONGS[n], months[-n], 90_000) | {"media": "podcast"} for n in (7, 11)]


@cache
def rehearsed() -> Found:
    """Everything computed for everyone, once for all tests."""
    return rehearse(everyone(), [YEAR - 1, YEAR], time_zones=ZONES, **SURROUNDINGS)


@dataclass(frozen=True)
class Play:
    """One play of music, as the slow twins read it."""

    start: datetime
    song: Song
    ms_played: int
    is_private: bool


# Few days beside the limits of months and years, few hours, few songs: ties and runs are likely.
_DAYS = [datetime(2025, 12, 31, tzinfo=UTC), *(datetime(2026, 1, day, tzinfo=UTC) for day in (1, 2, 31)),
         *(datetime(2026, 2, day, tzinfo=UTC) for day in (1, 2)), datetime(2026, 12, 31, tzinfo=UTC)]  # fmt: skip


def _plays(seed: int) -> list[Play]:
    """Up to ninety plays of one listener; two of one song never overlap, for that would be one playback."""
    chance = random.Random(seed)
    days = _DAYS[chance.randrange(2) :]  # for some, all is new
    songs = SONGS[: chance.choice((2, 6, 12, 16))]
    found: list[Play] = []
    for _ in range(chance.choice((0, 1, 5, 30, 90))):
        start = chance.choice(days) + timedelta(minutes=5 * chance.choice((chance.randrange(60), chance.randrange(240, 288))))
        song, ms_played = chance.choice(songs), chance.choice((20_000, 30_000, 180_000, 180_000, 1_300_000))
        one = Play(start, song, ms_played, chance.random() < 0.1)
        if not any(other.song == song and _overlap(one, other) for other in found):
            found.append(one)
    return found


def _overlap(one: Play, other: Play) -> bool:
    """Whether one starts before the other ends."""
    return all(first.start < second.start + timedelta(milliseconds=second.ms_played) for first, second in ((one, other), (other, one)))


SMALL_WORLDS = st.fixed_dictionaries({name: st.integers(0, 10**6).map(_plays) for name in ("ana", "bo", "cy")})


def small_frames(world: dict[str, list[Play]]) -> dict[str, pl.DataFrame]:
    """The plays of a random world as a source gives them."""
    return {
        name: frame_of([row(play.song, play.start, play.ms_played, is_private=play.is_private) for play in plays])
        for name, plays in world.items()
    }

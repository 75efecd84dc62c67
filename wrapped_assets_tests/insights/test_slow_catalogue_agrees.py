"""What is told with a catalogue agrees, row for row, with its slow twin in plain Python."""

from __future__ import annotations

import random
from datetime import UTC, date, datetime, timedelta
from typing import Any
from unittest import mock

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from wrapped_assets.building.rehearsal import Found, rehearse, surrogates_of
from wrapped_assets.contracts.examples import example_plays
from wrapped_assets.contracts.graph import project_graph
from wrapped_assets.kernels import segmentation
from wrapped_assets.vocabulary.rules import rules_for
from wrapped_assets_tests.insights.slow_catalogue import TWINS, Knowing
from wrapped_assets_tests.insights.test_slow_twins_agree import ids_in
from wrapped_assets_tests.insights.worlds import STREAMS, YEAR, Play, Song, frame_of, small_frames
from wrapped_assets_tests.insights.worlds import row as played

WINDOWS = ((date(YEAR, 1, 1), date(YEAR, 12, 31)), (date(YEAR, 1, 2), date(YEAR, 8, 1)))
DAYS = [datetime(YEAR - 1, 12, 31, tzinfo=UTC), *(datetime(YEAR, month, day, tzinfo=UTC) for month, day in
        ((1, 1), (1, 2), (1, 31), (2, 1), (3, 9), (7, 7), (8, 1), (12, 31)))]  # fmt: skip
# Albums of three songs; one in seven songs is on none.
SONGS = tuple(
    Song(f"song {n}", (f"artist {n % 3}", *((f"artist {3 + n % 2}",) if n % 5 == 0 else ())), f"album {n // 3 % 3}" if n % 7 else None)
    for n in range(27)
)
PARENTS = {"rock": None, "indie": "rock", "dub": None, "fado": None, "ska": "dub", "math rock": "indie"}


def _plays(seed: int) -> list[Play]:
    """Up to 200 plays of one listener, whose taste may change with the year; two of one song never start together."""
    chance = random.Random(seed)
    songs, days = chance.sample(SONGS, chance.choice((2, 6, 27))), DAYS[chance.randrange(2) :]
    parts = chance.choice((1, 2, 3))  # of the year, each with songs of its own
    found = {}
    for _ in range(chance.choice((0, 1, 20, 90, 200))):
        day = chance.choice(days)
        song = chance.choice(songs[day.month // 4 % parts :: parts] or songs)
        start = day + timedelta(minutes=5 * chance.choice((chance.randrange(12 * 24), chance.randrange(60))))
        found[start, song] = Play(start, song, chance.choice((20_000, 30_000, 180_000, 180_000)), chance.random() < 0.05)
    return list(found.values())


def _catalogue(seed: int) -> dict[str, list[dict[str, Any]]]:
    """What a catalogue knows of some of it, and of releases and recordings that nobody heard."""
    chance = random.Random(seed)
    share = chance.choice((0.0, 0.5, 0.9))

    def genres() -> list[str]:
        return sorted(chance.sample(list(PARENTS), chance.choice((0, 0, 1, 2, 3))))

    artists = [{"artist_name": f"artist {n}", "country": chance.choice((None, "PT", "NO", "DE")), "genre_names": genres()}
               for n in range(5) if chance.random() < share]  # fmt: skip
    groups = [
        {"artist_name": f"artist {artist}", "release_group_name": f"album {n}", "track_count": chance.choice((None, 1, 3, 3, 4, 5)),
         "release_year": chance.choice((None, 1990, 2001, YEAR, YEAR)), "genre_names": genres()}
        for artist in range(4) for n in range(8) if chance.random() < share
    ]  # fmt: skip
    recordings = [
        {"recording_name": song.title, "artist_names": list(song.artists), "release_group_name": song.release_group,
         "release_year": chance.choice((None, 1969, 1990, 2020)), "genre_names": genres(),
         "track_position": chance.choice((None, 1, 2, 3)) if song.release_group else None}
        for song in SONGS if chance.random() < share
    ]  # fmt: skip
    recordings += [
        {"recording_name": f"unheard {group} {n}", "artist_names": [row["artist_name"]], "release_group_name": row["release_group_name"],
         "track_position": n}
        for group, row in enumerate(groups) for n in range(1, 3) if row["release_year"] == YEAR and chance.random() < 0.5
    ]  # fmt: skip
    tree = [{"genre_name": name, "parent_genre_name": parent} for name, parent in PARENTS.items()]
    return {"known_artists": artists, "known_release_groups": groups, "known_recordings": recordings, "known_genres": tree}


def _all_ids(found: Found) -> dict[str, dict[str, int]]:
    """Ids by name, also of what nobody heard."""
    ids = ids_in(found)
    groups, recordings = (found[f"sources/known_{table}", str(YEAR)] for table in ("release_groups", "recordings"))
    for row in groups.to_dicts():
        ids["release_group_id"][f"{row['release_group_name']}/{row['artist_name']}"] = row["release_group_id"]
        ids["artist_id"].setdefault(row["artist_name"], row["artist_id"])
    return ids | {"recording_id": dict(zip(recordings["recording_name"], recordings["recording_id"], strict=True)) | ids["recording_id"]}


@pytest.mark.parametrize(("heard", "tracks", "ranks"), [(7, 10, True), (6, 10, False), (2, 3, False), (3, 4, True), (1, 1, True)])
def test_seven_tenths_of_an_album_must_be_heard(heard: int, tracks: int, ranks: bool) -> None:
    plays = example_plays({"ana": "2026-03-01 " + " ".join(f"song{n}/bo/steps" for n in range(heard))})
    known = {"known_release_groups": [{"artist_name": "bo", "release_group_name": "steps", "track_count": tracks}]}
    found = rehearse(plays, [YEAR], only=["top_release_groups"], catalogue=known)
    assert found["insights/top_release_groups", str(YEAR)].height == ranks


def test_podcasts_have_a_day_and_at_most_five_days_are_told_in_their_order() -> None:
    """New Year's Day comes last, so it is told only where other kinds have too little."""
    start = datetime(YEAR, 1, 1, 9, tzinfo=UTC)
    heard = [played(SONGS[0], start + timedelta(minutes=5 * n), 180_000) for n in range(3)]
    heard += [played(SONGS[1], start + timedelta(days=5, hours=n), 240_000) for n in range(2)]
    talk = [played(SONGS[2], start + timedelta(days=2, hours=n), 1_800_000) | {"media": "podcast"} for n in range(2)]
    found = rehearse({"ana": [(STREAMS, frame_of(heard + talk))]}, [YEAR], only=["remarkable_days"])["insights/remarkable_days", str(YEAR)]
    assert {row["day_kind"]: (row["local_date"], row["day_figure"], row["listen_count"]) for row in found.to_dicts()} == {
        "most_minutes": (date(YEAR, 1, 1), 9.0, 3), "most_podcasts": (date(YEAR, 1, 3), 60.0, 0),
        "most_new_artists": (date(YEAR, 1, 6), 1.0, 2),
    }  # fmt: skip


WORLDS = given(
    seeds=st.lists(st.integers(0, 10**6), min_size=4, max_size=4),
    window=st.sampled_from(WINDOWS),
    zones=st.permutations(["UTC", "Pacific/Auckland", "America/Los_Angeles"]),
    kinds=st.sampled_from((2, 20)),
)
FEW = settings(deadline=None, phases=[Phase.explicit, Phase.generate], suppress_health_check=list(HealthCheck), max_examples=4)


@WORLDS
@FEW
def test_what_is_told_with_a_catalogue_agrees_with_its_twin(
    seeds: list[int], window: tuple[date, date], zones: list[str], kinds: int
) -> None:
    _compare(seeds, window, zones, kinds)


@pytest.mark.slow
@WORLDS
@settings(FEW, max_examples=60)
def test_what_is_told_with_a_catalogue_agrees_with_its_twin_in_many_worlds(
    seeds: list[int], window: tuple[date, date], zones: list[str], kinds: int
) -> None:
    _compare(seeds, window, zones, kinds)


def _compare(seeds: list[int], window: tuple[date, date], zones: list[str], kinds: int) -> None:
    world = dict(zip(("ana", "bo", "cy"), map(_plays, seeds), strict=False))
    known = _catalogue(seeds[-1])
    time_zones = dict(zip(world, zones, strict=True))
    rules = {YEAR: rules_for("default", YEAR, *window)}
    with mock.patch.object(segmentation, "KINDS", kinds):
        found = rehearse(small_frames(world), [YEAR - 1, YEAR], time_zones=time_zones, rules=rules, only=[*TWINS], catalogue=known)
        _agree(found, world, time_zones, window, known)


def _agree(
    found: Found, world: dict[str, list[Play]], time_zones: dict[str, str], window: tuple[date, date], known: dict[str, Any]
) -> None:
    ids = _all_ids(found)
    for name, twin in TWINS.items():
        asset = project_graph().find(name)
        rows = found[asset.key, str(YEAR)].to_dicts()
        for listener, plays in world.items():
            life = Knowing(tuple(plays), time_zones[listener], *window, ids, known)
            expected = sorted(twin(life), key=lambda row: [row[column] for column in asset.order[1:]])
            theirs = [row for row in rows if row["listener_id"] == surrogates_of([listener])[listener]]
            columns = expected[0] if expected else {}
            assert [{column: row[column] for column in columns} for row in theirs] == expected, name

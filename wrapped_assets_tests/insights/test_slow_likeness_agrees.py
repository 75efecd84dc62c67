"""What is told of a listener beside others agrees, row for row, with its slow twin in plain Python."""

from __future__ import annotations

import random
import sys
from datetime import UTC, date, datetime, timedelta
from typing import Any
from unittest.mock import patch

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from wrapped_assets.building.rehearsal import rehearse, surrogates_of
from wrapped_assets.contracts.graph import project_graph
from wrapped_assets.vocabulary.rules import rules_for
from wrapped_assets_tests.insights.slow_likeness import TWINS, Company
from wrapped_assets_tests.insights.slow_twins import Seen
from wrapped_assets_tests.insights.test_slow_twins_agree import ids_in
from wrapped_assets_tests.insights.worlds import SONGS, YEAR, Play, small_frames

GRAPH = project_graph()
NAMES = tuple(f"p{n:02d}" for n in range(36))
WINDOWS = ((date(YEAR, 1, 1), date(YEAR, 12, 31)), (date(YEAR, 1, 2), date(YEAR, 12, 30)))
DAYS = [datetime(YEAR, month, day, tzinfo=UTC) for month, day in ((1, 1), (1, 2), (1, 31), (2, 1), (12, 31))]
PARENTS = {"electronic": None, "downtempo": "electronic", "trip hop": "downtempo", "jazz": None, "bebop": "jazz", "unheard of": None}
CLUBS = {"electronic": "Night Shift", "downtempo": "Slow Orbit", "trip hop": "Slow Orbit", "jazz": "Blue Hour", "bebop": "Blue Hour"}
MAINSTREAM = 5  # recordings, of the sixteen that there are


def _plays(chance: random.Random, liked: list[Any]) -> list[Play]:
    """Some sixty plays of a few songs, one after the other; some before the year, some in it and outside the window."""
    found = []
    for n in range(chance.choice((5, 60, 80, 80, 90, 120))):
        day = datetime(YEAR - 1, 12, 30, tzinfo=UTC) if chance.random() < 0.03 else chance.choice(DAYS[chance.randrange(2) :])
        ms_played = chance.choice((20_000, 30_000, *[180_000] * 8))
        found.append(Play(day + timedelta(minutes=5 * n), chance.choice(liked), ms_played, chance.random() < 0.03))
    return found


def _music(chance: random.Random) -> tuple[dict[Any, int | None], dict[Any, list[str]], dict[str, list[dict[str, Any]]]]:
    """Release years and genres of songs, some of them unknown, and the catalogue that says so."""
    years = {song: chance.choice((1969, 1971, 1999, 2001, 2003, YEAR - 1, YEAR, YEAR, 1985, YEAR + 2, None)) for song in SONGS}
    genres = {song: sorted(chance.sample(sorted(PARENTS), chance.choice((0, 1, 1, 1, 2, 3)))) for song in SONGS}
    catalogue = {
        "known_recordings": [
            {"recording_name": song.title, "artist_names": list(song.artists), "release_year": years[song], "genre_names": genres[song]}
            for song in SONGS
        ],
        "known_genres": [{"genre_name": name, "parent_genre_name": parent} for name, parent in PARENTS.items()],
    }
    return years, genres, catalogue


@settings(max_examples=3, deadline=None, phases=[Phase.explicit, Phase.generate], suppress_health_check=list(HealthCheck))
@given(seed=st.integers(0, 10**6), window=st.sampled_from(WINDOWS))
def test_what_is_told_of_a_listener_beside_others_agrees_with_its_twin(seed: int, window: tuple[date, date]) -> None:
    chance = random.Random(seed)
    years, genres, catalogue = _music(chance)
    tastes = [chance.sample(SONGS, chance.choice((2, 5, 12))) for _ in range(5)]
    plays = {name: _plays(chance, chance.choice(tastes)) for name in NAMES}
    surrogates = surrogates_of(NAMES)
    born = (1990, *[1992] * 4, *[1994] * 3, 1995, None)
    said = ("is_findable", "is_recommending", "is_sharing")
    people = {name: {"birth_year": chance.choice(born), **{one: chance.random() < 0.8 for one in said}} for name in NAMES}
    groups = {"home": NAMES[:3], "crowd": NAMES[5:35], "flat": NAMES[2:5]}
    zones = {name: ("UTC", "Pacific/Auckland", "America/Los_Angeles")[surrogates[name] % 3] for name in NAMES}
    with patch.object(sys.modules["wrapped_assets.insights.population.popular_recordings"], "PLACES", MAINSTREAM):
        found = rehearse(
            small_frames(plays), [YEAR - 1, YEAR], time_zones=zones, rules={YEAR: rules_for("default", YEAR, *window)}, only=[*TWINS],
            catalogue=catalogue, people=people, groups=groups,
        )  # fmt: skip
    ids = ids_in(found)
    world = Company(
        {surrogates[name]: Seen(tuple(plays[name]), zones[name], *window, ids) for name in NAMES},
        *(frozenset(surrogates[name] for name in NAMES if people[name][one]) for one in said[:2]),
        tuple(frozenset(surrogates[name] for name in members if people[name]["is_sharing"])
              for members in groups.values() if 2 <= sum(people[name]["is_sharing"] for name in members) <= 25),
        {surrogates[name]: people[name]["birth_year"] for name in NAMES},
        years, {song: tuple(CLUBS.get(genre) for genre in genres[song]) for song in SONGS}, MAINSTREAM,
    )  # fmt: skip
    for name, twin in TWINS.items():
        asset = GRAPH.find(name)
        expected = sorted(twin(world), key=lambda row: [row[column] for column in asset.order])
        told = found[asset.key, str(YEAR)].to_dicts()
        columns = expected[0] if expected else {}
        assert [{column: row[column] for column in columns} for row in told] == expected, name

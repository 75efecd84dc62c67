"""Ranks among all listeners agree, row for row, with their slow twins."""

from __future__ import annotations

import random
from datetime import UTC, date, datetime, timedelta
from typing import Any

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from wrapped_assets.building.rehearsal import rehearse, surrogates_of
from wrapped_assets.contracts.graph import project_graph
from wrapped_assets.vocabulary.rules import rules_for
from wrapped_assets_tests.insights.slow_artists import Everybody
from wrapped_assets_tests.insights.slow_population import TWINS
from wrapped_assets_tests.insights.slow_twins import Seen
from wrapped_assets_tests.insights.test_slow_twins_agree import ids_in
from wrapped_assets_tests.insights.worlds import SONGS, YEAR, Play, small_frames

NAMES = tuple(f"p{n:03d}" for n in range(112))
HOMES = (("PT", "Porto"), ("PT", None), ("NO", "Oslo"), (None, None))
DAYS = [datetime(YEAR - 1, 12, 30, tzinfo=UTC)]
DAYS += [datetime(YEAR, month, day, tzinfo=UTC) for month, day in ((1, 1), (2, 3), (6, 1), (12, 31))]


def _world(seed: int) -> tuple[dict[str, list[Play]], dict[str, dict[str, Any]]]:
    """112 light listeners, nearly all of whom hear one song; two hear it some hundreds of times, so that it passes a thousand."""
    chance = random.Random(seed)
    songs, plays, people = chance.sample(SONGS, 6), {}, {}
    for place, name in enumerate(NAMES):
        home = chance.choice(HOMES)
        liked = [songs[0]] * (chance.random() < 0.98) + [song for song in songs[1:] if chance.random() < (0.6 if home[1] else 0.2)]
        found = {}
        for song in liked:
            for _ in range(chance.choice((1, 1, 2, 3))):
                start = chance.choice(DAYS) + timedelta(minutes=5 * chance.randrange(200))
                found[start, song] = Play(start, song, chance.choice((20_000, 30_000, 180_000, 180_000)), chance.random() < 0.05)
        if songs[0] in liked:
            found[DAYS[3], songs[0]] = Play(DAYS[3], songs[0], 180_000, is_private=False)
        if place < 2:
            first = DAYS[2] + timedelta(days=chance.randrange(90))
            for n in range(chance.choice((300, 500, 700))):
                start = first + timedelta(minutes=7 * n)
                found[start, songs[0]] = Play(start, songs[0], 60_000, is_private=False)
        plays[name] = list(found.values())
        people[name] = {"country": home[0], "place": home[1]}
    return plays, people


@settings(max_examples=4, deadline=None, phases=[Phase.explicit, Phase.generate], suppress_health_check=list(HealthCheck))
@given(seed=st.integers(0, 10**6), first=st.sampled_from((date(YEAR, 1, 1), date(YEAR, 2, 1))))
def test_ranks_among_all_listeners_agree_with_their_twins(seed: int, first: date) -> None:
    plays, people = _world(seed)
    surrogates = surrogates_of(NAMES)
    rules = {YEAR: rules_for("default", YEAR, first, date(YEAR, 12, 31))}
    found = rehearse(small_frames(plays), [YEAR - 1, YEAR], rules=rules, only=[*TWINS], people=people)
    ids = ids_in(found)
    world = Everybody(
        {surrogates[name]: Seen(tuple(plays[name]), "UTC", first, date(YEAR, 12, 31), ids) for name in NAMES},
        {surrogates[name]: people[name]["country"] for name in NAMES},
        {surrogates[name]: people[name]["place"] for name in NAMES},
        {},
    )
    for name, twin in TWINS.items():
        asset = project_graph().find(name)
        expected = sorted(twin(world), key=lambda row: [row[column] for column in asset.order])
        rows = found[asset.key, str(YEAR)].to_dicts()
        columns = expected[0] if expected else {}
        assert [{column: row[column] for column in columns} for row in rows] == expected, name
        assert expected or name != "fan_rank"

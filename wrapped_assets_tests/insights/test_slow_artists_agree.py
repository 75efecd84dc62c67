"""What is told of artists, charts and groups agrees, row for row, with its slow twin; nothing is told of a small audience."""

from __future__ import annotations

import random
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from typing import Any

import polars as pl
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from wrapped_assets.building.rehearsal import rehearse, surrogates_of
from wrapped_assets.building.rehearsed_inputs import group_ids
from wrapped_assets.contracts.graph import project_graph
from wrapped_assets.contracts.kinds import MINIMUM_LISTENERS
from wrapped_assets.vocabulary.rules import rules_for
from wrapped_assets_tests.insights.slow_artists import TWINS, Everybody
from wrapped_assets_tests.insights.slow_twins import Seen
from wrapped_assets_tests.insights.test_slow_twins_agree import ids_in
from wrapped_assets_tests.insights.worlds import SONGS, STREAMS, YEAR, Play, rehearsed, small_frames

NAMES = tuple(f"p{n:02d}" for n in range(64))
GROUPS = {"few": list(NAMES[:3]), "many": list(NAMES[2:8])}
OF_ARTISTS = [found for found in project_graph().by_key.values() if found.layer == "insights" and found.by == "artist_id"]
# Days on either side of the limits of weeks, months and years.
DAYS = [datetime(YEAR, month, day, tzinfo=UTC) for month, day in ((1, 1), (1, 4), (1, 5), (1, 31), (2, 1), (12, 28), (12, 31))]


def _world(seed: int) -> tuple[dict[str, list[Play]], dict[str, dict[str, Any]]]:
    """64 light listeners of a few songs, some of which have some twenty listeners; some homes are known."""
    chance = random.Random(seed)
    liked = {song: chance.choice((0.2, 0.4, 0.45, 0.5, 1.0)) for song in chance.sample(SONGS, chance.choice((2, 5, 8)))}
    times = chance.choice(((1,), (1, 1, 2, 4)))  # where each hears a song once, more than twenty give half of its listens
    plays, people = {}, {}
    for name in NAMES:
        found: dict[tuple[datetime, Any], Play] = {}
        for song in (song for song, share in liked.items() if chance.random() < share):
            for _ in range(chance.choice(times)):
                start = chance.choice(DAYS) + timedelta(minutes=5 * chance.choice((1, 3, 100, 101, 280)))
                ms_played = chance.choice((20_000, 30_000, 180_000, 180_000))
                found[start, song] = Play(start, song, ms_played, chance.random() < 0.05)
        plays[name] = list(found.values())
        country = chance.choice(("PT", "PT", "NO", None))
        people[name] = {"country": country, "place": chance.choice(("Porto", None)) if country == "PT" else None}
    return plays, people


WINDOWS = ((date(YEAR, 1, 1), date(YEAR, 12, 31)), (date(YEAR, 1, 2), date(YEAR, 2, 1)))


@settings(max_examples=6, deadline=None, phases=[Phase.explicit, Phase.generate], suppress_health_check=list(HealthCheck))
@given(seed=st.integers(0, 10**6), window=st.sampled_from(WINDOWS))
def test_what_is_told_of_artists_and_groups_agrees_with_its_twin(seed: int, window: tuple[date, date]) -> None:
    plays, people = _world(seed)
    surrogates = surrogates_of(NAMES)
    time_zones = {name: ("UTC", "Pacific/Auckland", "America/Los_Angeles")[surrogates[name] % 3] for name in NAMES}
    rules = {YEAR: rules_for("default", YEAR, *window)}
    found = rehearse(small_frames(plays), [YEAR], time_zones=time_zones, rules=rules, only=[*TWINS], people=people, groups=GROUPS)
    ids = ids_in(found)
    world = Everybody(
        {surrogates[name]: Seen(tuple(plays[name]), time_zones[name], *window, ids) for name in NAMES},
        {surrogates[name]: people[name]["country"] for name in NAMES},
        {surrogates[name]: people[name]["place"] for name in NAMES},
        {group_ids(GROUPS)[group]: [surrogates[name] for name in names] for group, names in GROUPS.items()},
    )
    for name, twin in TWINS.items():
        asset = project_graph().find(name)
        expected = sorted(twin(world), key=lambda row: [row[column] for column in asset.order])
        rows = found[asset.key, str(YEAR)].to_dicts()
        columns = expected[0] if expected else {}
        assert [{column: row[column] for column in columns} for row in rows] == expected, name


@pytest.mark.parametrize("asset", OF_ARTISTS, ids=lambda found: found.key)
def test_no_artist_with_a_small_audience_is_told_of(asset) -> None:
    heard = rehearsed()["aggregates/artist_audiences", str(YEAR)]
    audiences = Counter(heard["artist_id"])
    small = [artist for artist, size in audiences.items() if size < MINIMUM_LISTENERS]
    told = rehearsed()[asset.key, str(YEAR)]
    assert small
    assert told.height
    assert told.filter(pl.col("artist_id").is_in(small)).is_empty()
    assert "listener_id" not in told.columns
    for column in ("listener_count", "favourite_count", "super_listener_count"):
        if column in told.columns:
            assert told.filter(pl.col(column) < MINIMUM_LISTENERS).is_empty()


def test_the_awards_of_a_group_are_first_places_of_its_members() -> None:
    awards = rehearsed()["insights/group_awards", str(YEAR)]
    members = rehearsed()["registry/groups", str(YEAR)]
    totals = rehearsed()["insights/listening_totals", str(YEAR)].select("listener_id", "minutes")
    minutes = awards.filter(pl.col("award") == "most_minutes").join(totals, on="listener_id")
    assert minutes["award_figure"].equals(minutes["minutes"], check_names=False)
    loyal = awards.filter(pl.col("award") == "most_loyal")
    counts = rehearsed()["insights/loyalty", str(YEAR)].group_by("listener_id").agg(found=pl.len())
    assert loyal.join(counts, on="listener_id").select(same=pl.col("award_figure") == pl.col("found"))["same"].all()
    brought = rehearsed()["insights/group_members", str(YEAR)]
    assert brought.join(totals, on="listener_id").select(same=pl.col("minutes") == pl.col("minutes_right"))["same"].all()
    assert set(brought["listener_id"]) == set(awards["listener_id"])
    assert awards.join(members, on=["group_id", "listener_id"], how="anti").is_empty()
    for (_, award), rows in awards.group_by("group_id", "award"):
        figures = rows.sort("award_rank")["award_figure"].to_list()
        assert figures == sorted(figures, reverse=award != "rarest_listen")
        assert rows.sort("award_rank")["award_rank"].to_list() == list(range(1, rows.height + 1))


def test_a_pair_is_as_alike_on_the_groups_page_as_on_the_listeners() -> None:
    start = datetime(YEAR, 3, 1, tzinfo=UTC)
    songs = {"ana": [0] * 30 + [1] * 40 + [3] * 10, "bo": [0] * 30 + [2] * 20 + [1] * 15}
    plays = {name: [Play(start + timedelta(minutes=5 * n), SONGS[s], 180_000, False) for n, s in enumerate(songs[name])] for name in songs}
    found = rehearse(
        {name: [(STREAMS, frame)] for name, frame in small_frames(plays).items()}, [YEAR], only=["group_overlaps", "similar_listeners"],
        people={name: {"is_findable": True} for name in songs}, groups={"home": list(songs)},
    )  # fmt: skip
    pair, alone = (found[f"insights/{name}", str(YEAR)] for name in ("group_overlaps", "similar_listeners"))
    assert pair["overlap_share"].to_list() == alone["similarity_share"].to_list() != [0, 0]

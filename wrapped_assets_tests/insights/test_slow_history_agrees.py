"""What is told from several years agrees, row for row, with its slow twin in plain Python."""

from __future__ import annotations

import random
from datetime import UTC, date, datetime, timedelta
from typing import Any

import polars as pl
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from wrapped_assets.building.rehearsal import rehearse, surrogates_of
from wrapped_assets.contracts.graph import project_graph
from wrapped_assets.vocabulary.rules import rules_for
from wrapped_assets_tests.insights.slow_history import TWINS, Episode, Life
from wrapped_assets_tests.insights.test_slow_twins_agree import ids_in
from wrapped_assets_tests.insights.worlds import Play, Song, frame_of, row

YEARS = (2022, 2023, 2024)  # the last one is a leap year: it has room for 365 days of silence
WHOLE, CUT = ((1, 1), (12, 31)), ((1, 2), (11, 10))
SONGS = [Song(f"song {n}", (f"artist {n % 9}", *((f"artist {(n + 1) % 9}",) if n % 7 == 0 else ())), None) for n in range(20)]
EPISODES = [Song(f"episode {n}", (f"show {n % 3}",), None) for n in range(8)]
RARE_DAYS = ["2022-05-05", "2022-12-31", "2023-01-01", "2023-01-02", "2023-06-02", "2023-12-31", "2024-01-01", "2024-01-02", "2024-06-01",
             "2024-11-10", "2024-11-11", "2024-12-31"]  # fmt: skip


def _skipped(play: Play) -> bool | None:
    return {20_000: True, 30_000: None, 180_000: False, 60_000: None}[play.ms_played]


def _life(seed: int) -> list[Play]:
    """Some songs heard monthly, some on rare days around 365 days apart, some episodes; few hours, so that ties are likely."""
    chance = random.Random(seed)
    found: dict[tuple[datetime, Song], Play] = {}

    def play(kind: type[Play], song: Song, day: str) -> None:
        start = datetime.fromisoformat(day).replace(tzinfo=UTC) + timedelta(minutes=30 * chance.choice((0, 1, 24, 25, 46)))
        ms_played = chance.choice((20_000, 30_000, 180_000, 180_000, 60_000))
        found[start, song] = kind(start, song, ms_played, chance.random() < 0.05)

    for song in chance.sample(SONGS, chance.choice((0, 2, 8, 20))):
        if chance.random() < 0.3:
            for year in YEARS[chance.randrange(3) :]:
                for month in range(1, 13):
                    for _ in range(chance.choice((1, 1, 3))):
                        play(Play, song, f"{year}-{month:02d}-{chance.choice((5, 9)):02d}")
        else:
            for day in chance.sample(RARE_DAYS, chance.randrange(1, 5)):
                play(Play, song, day)
    for _ in range(chance.choice((0, 10, 25))):
        play(Episode, chance.choice(EPISODES), chance.choice(RARE_DAYS))
    return list(found.values())


def _row(play: Play) -> dict[str, Any]:
    media = "podcast" if isinstance(play, Episode) else "music"
    return row(play.song, play.start, play.ms_played, is_private=play.is_private, is_skipped=_skipped(play)) | {"media": media}


@settings(max_examples=5, deadline=None, phases=[Phase.explicit, Phase.generate], suppress_health_check=list(HealthCheck))
@given(
    seeds=st.lists(st.integers(0, 10**6), min_size=3, max_size=3),
    cuts=st.lists(st.sampled_from((WHOLE, CUT)), min_size=3, max_size=3),
    zones=st.permutations(["UTC", "Pacific/Auckland", "America/Los_Angeles"]),
)
def test_what_is_told_from_several_years_agrees_with_its_twin(
    seeds: list[int], cuts: list[tuple[tuple[int, int], ...]], zones: list[str]
) -> None:
    world = dict(zip(("ana", "bo", "cy"), map(_life, seeds), strict=True))
    windows = {year: (date(year, *first), date(year, *last)) for year, (first, last) in zip(YEARS, cuts, strict=True)}
    frames = {name: frame_of([_row(play) for play in plays]) for name, plays in world.items()}
    time_zones = dict(zip(world, zones, strict=True))
    rules = {year: rules_for("default", year, *window) for year, window in windows.items()}
    found = rehearse(frames, YEARS, time_zones=time_zones, rules=rules, only=[*TWINS])
    ids = ids_in(found)
    tracks = pl.concat(frame for (key, _), frame in found.items() if key == "catalogue/tracks").filter(pl.col("media") == "podcast")
    ids["show_id"] = dict(zip(tracks["artist_name"], tracks["artist_credit_id"], strict=True))
    for name, twin in TWINS.items():
        asset = project_graph().find(name)
        rows = found[asset.key, str(YEARS[-1])].to_dicts()
        for listener, plays in world.items():
            music, episodes = (tuple(p for p in plays if isinstance(p, Episode) == is_episode) for is_episode in (False, True))
            life = Life(music, time_zones[listener], *windows[YEARS[-1]], ids, episodes, windows, _skipped)
            expected = sorted(twin(life), key=lambda row: [row[column] for column in asset.order[1:]])
            theirs = [row for row in rows if row["listener_id"] == surrogates_of([listener])[listener]]
            columns = expected[0] if expected else {}
            assert [{column: row[column] for column in columns} for row in theirs] == expected, name

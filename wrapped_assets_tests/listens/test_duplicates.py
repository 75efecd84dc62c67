"""One playback is one play, whatever it was loaded from, how often and in which order; two real plays stay two."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from functools import cache
from itertools import permutations
from typing import Any

import polars as pl
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from wrapped_assets.contracts.source import Source
from wrapped_assets.listens.doubtful import is_doubtful
from wrapped_assets_tests.listens.plays import EXACT, MINUTES, SCROBBLES, duplicates_in, listens_in, loaded, play, scrobble, truncated
from wrapped_assets_tests.listens.slow_matching import kept_slowly

FULL = play("2026-03-01 12:00:25")
NEXT = play("2026-03-01 12:03:25")


def test_the_same_row_twice_is_one_play() -> None:
    found = loaded((EXACT, [FULL, FULL, FULL]))
    assert listens_in(found)["duplicate_count"].to_list() == [2]
    assert duplicates_in(found)["copy_number"].to_list() == [1, 2]


def test_the_same_file_twice_is_one() -> None:
    assert listens_in(loaded((EXACT, [FULL, NEXT]), (EXACT, [FULL, NEXT])))["duplicate_count"].to_list() == [1, 1]


def test_the_same_start_in_two_formats_is_one_play_and_the_richer_record_stands() -> None:
    found = loaded((SCROBBLES, [scrobble(FULL["listened_at"])]), (EXACT, [FULL]))
    assert listens_in(found).select("source_code", "ms_played", "duplicate_count").rows() == [(EXACT.code, 180_000, 1)]


def test_a_minute_truncated_record_is_the_exact_one() -> None:
    found = loaded((MINUTES, [truncated(FULL)]), (EXACT, [FULL]))
    assert listens_in(found).select("source_code", "listened_at").rows() == [(EXACT.code, FULL["listened_at"])]
    dropped = duplicates_in(found).to_dicts()
    assert [(row["source_code"], row["kept_source_code"], row["kept_listened_at"]) for row in dropped] == [
        (MINUTES.code, EXACT.code, FULL["listened_at"])
    ]


def test_two_real_plays_in_a_row_stay_two_in_one_format_and_over_two() -> None:
    assert listens_in(loaded((EXACT, [FULL, NEXT]))).height == 2
    assert listens_in(loaded((MINUTES, [truncated(FULL), truncated(NEXT)]))).height == 2
    both = listens_in(loaded((MINUTES, [truncated(FULL), truncated(NEXT)]), (EXACT, [FULL, NEXT])))
    assert both["duplicate_count"].to_list() == [1, 1]


def test_short_plays_within_one_minute_stay_as_many_as_the_exact_export_has() -> None:
    skips = [play(f"2026-03-01 12:00:{second:02d}", ms_played=length) for second, length in ((2, 9_000), (15, 12_000), (30, 7_000))]
    assert listens_in(loaded((EXACT, skips), (MINUTES, [truncated(skip) for skip in skips])))["duplicate_count"].to_list() == [1, 1, 1]


def test_what_only_the_poorer_export_has_is_kept() -> None:
    found = loaded((EXACT, [FULL]), (MINUTES, [truncated(FULL), truncated(NEXT)]))
    assert listens_in(found)["source_code"].to_list() == [EXACT.code, MINUTES.code]


def test_another_recording_at_the_same_time_is_another_play() -> None:
    assert listens_in(loaded((EXACT, [FULL, play(FULL["listened_at"], "walk")]))).height == 2


def test_spellings_that_exports_give_one_song_meet() -> None:
    short = {**truncated(FULL), "title": "EPLE (feat. Bo)", "artist_credit": "Artist of Eple"}
    assert listens_in(loaded((EXACT, [FULL]), (MINUTES, [short]))).height == 1


def test_a_playback_over_a_months_end_is_one_play_in_one_month() -> None:
    late = play("2026-01-31 23:59:50")
    found = loaded((EXACT, [late]), (MINUTES, [truncated(late)]), (SCROBBLES, [scrobble("2026-02-01 00:00:00", "walk")]))
    assert listens_in(found)["duplicate_count"].to_list() == [1, 0]
    assert duplicates_in(found).height == 1


def a_household(seed: int) -> list[tuple[Source, list[dict[str, Any]]]]:
    """Three exports of one night that overlap in part: skips, copies, loops, pauses, late reports, records that come again."""
    chance = random.Random(seed)
    exports: dict[str, list[dict[str, Any]]] = {"exact": [], "minutes": [], "scrobbles": []}
    moment = datetime(2026, 1, 31, 22, chance.randrange(60), chance.randrange(60), tzinfo=UTC)
    for _ in range(chance.choice((1, 3, 12, 25))):
        moment += timedelta(seconds=chance.choice((0, 0, 1, 7, 30, 59, 61, 300)))
        length = chance.choice((3_000, 20_000, 31_000, 60_000, 61_237, 180_000, 4_000_000))
        one = play(moment, chance.choice(("eple", "walk")), length)
        pause, late = (timedelta(seconds=chance.choice((0, 0, 0, *more))) for more in ((1, 90, 600, 7_200), (61, 900, 14_400, 86_300)))
        reported = truncated({**one, "listened_at": moment + late})
        ways = {"exact": one, "minutes": reported, "scrobbles": scrobble(moment - pause, one["title"])}
        for name, record in ways.items():
            again = {**record, "listened_at": record["listened_at"] + timedelta(seconds=chance.choice((0, 1, 2, 29, 30, 78)))}
            exports[name] += [record, again][: chance.choice((0, 1, 1, 1, 1, 2))]
        moment += timedelta(milliseconds=length)
    return [(EXACT, exports["exact"]), (MINUTES, exports["minutes"]), (SCROBBLES, exports["scrobbles"])]


@cache
def titles_by_id() -> dict[int, str]:
    return {listens_in(loaded((EXACT, [play("2026-01-31 12:00", title)])))["recording_id"][0]: title for title in ("eple", "walk")}


HOUSEHOLDS = st.integers(0, 10**6).map(a_household)


@settings(max_examples=40, deadline=None, phases=[Phase.explicit, Phase.generate], suppress_health_check=list(HealthCheck))
@given(HOUSEHOLDS)
def test_matching_agrees_with_its_slow_twin(exports: list[tuple[Source, list[dict[str, Any]]]]) -> None:
    found = loaded(*exports)
    titles = titles_by_id()
    rows = listens_in(found).to_dicts()
    kept = {(titles[row["recording_id"]], row["listened_at"], row["source_code"]): row["duplicate_count"] for row in rows}
    assert kept == kept_slowly(exports)
    assert len(rows) + duplicates_in(found).height == sum(len(plays) for _, plays in exports)


@pytest.mark.slow
@settings(max_examples=5, deadline=None, phases=[Phase.explicit, Phase.generate])
@given(HOUSEHOLDS)
def test_the_order_of_loading_and_loading_twice_change_nothing(exports: list[tuple[Source, list[dict[str, Any]]]]) -> None:
    once = listens_in(loaded(*exports))
    for order in list(permutations(exports))[1::2]:
        assert listens_in(loaded(*((source, plays[::-1]) for source, plays in order))).equals(once)
    assert listens_in(loaded(*exports, *exports)).drop("duplicate_count").equals(once.drop("duplicate_count"))


def test_what_was_dropped_can_be_listed() -> None:
    found = loaded(
        (EXACT, [FULL, NEXT]), (MINUTES, [truncated(FULL), truncated(NEXT), truncated(NEXT)]), (SCROBBLES, [scrobble(FULL["listened_at"])])
    )
    assert duplicates_in(found)["source_code"].value_counts().sort("source_code").rows() == [(MINUTES.code, 3), (SCROBBLES.code, 1)]
    assert listens_in(found)["duplicate_count"].to_list() == [2, 2]


def test_what_was_found_of_plays_is_not_taken_for_plays_that_differ_in_one_value() -> None:
    one = pl.DataFrame(
        {"listener_id": [1, 1, 2], "listened_at": [0, 50_000, 60_000], "ms_played": [60_000, 60_000, 60_000],
         "resolution_ms": [1_000] * 3, "is_scrobble": [False] * 3, "source_code": [10, 10, 10]},
        schema_overrides={"listened_at": pl.Datetime("ms", "UTC"), "resolution_ms": pl.Int32, "source_code": pl.UInt8},
    )  # fmt: skip
    assert is_doubtful(one).tolist() == [True, True, False]
    others = {
        "listener_id": ([1, 2, 2], [False, True, True]), "listened_at": ([0, 59_000, 60_000], [False, False, False]),
        "ms_played": ([1_000, 60_000, 60_000], [False, False, False]), "resolution_ms": ([20_000] * 3, [False, False, False]),
        "source_code": ([10, 11, 10], [True, True, False]),
    }  # fmt: skip
    for name, (values, expected) in others.items():
        is_doubtful(one)
        assert is_doubtful(one.with_columns(pl.Series(name, values).cast(one.schema[name]))).tolist() == expected, name

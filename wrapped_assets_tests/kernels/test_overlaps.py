"""How alike the members of a group listened: as a slow twin finds it, in blocks of any size, and in any order of rows."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wrapped_assets.kernels import overlaps as module
from wrapped_assets.kernels.overlaps import SCHEMA, overlaps

IDS = st.integers(0, 7).map(lambda n: n * (2**59) + 7)  # as far apart as hashes are
heard = st.dictionaries(st.tuples(IDS, IDS), st.sampled_from([1, 2, 3, 150_000]), max_size=40)
members = st.sets(st.tuples(IDS, IDS), max_size=20)
Heard = dict[tuple[int, int], int]


def frames(groups: set[tuple[int, int]], found: Heard) -> tuple[pl.DataFrame, pl.DataFrame]:
    of = pl.DataFrame(sorted(groups), schema={"group_id": pl.Int64, "listener_id": pl.Int64}, orient="row")
    rows = [(who, recording, recording % 3, listens) for (who, recording), listens in found.items()]
    names = ("listener_id", "recording_id", "artist_id", "listen_count")
    return of, pl.DataFrame(rows, schema=dict.fromkeys(names, pl.Int64), orient="row")


def slowly(groups: set[tuple[int, int]], found: Heard) -> list[tuple[int, int, int, float, int | None]]:
    told: dict[int, dict[int, int]] = defaultdict(dict)
    for (who, recording), listens in found.items():
        told[who][recording] = listens
    rows = []
    for group, one in sorted(groups):
        for same, other in sorted(groups):
            if same != group or one == other or not told[one] or not told[other]:
                continue
            of_artist: dict[int, int] = defaultdict(int)
            for recording in told[one].keys() & told[other].keys():
                of_artist[recording % 3] += told[one][recording] * told[other][recording]
            lengths = [math.sqrt(sum(count * count for count in told[who].values())) for who in (one, other)]
            best = min(of_artist, key=lambda artist: (-of_artist[artist], artist), default=None)
            rows.append((group, one, other, round(sum(of_artist.values()) / (lengths[0] * lengths[1]), 9), best))
    return rows


@given(members, heard)
@settings(max_examples=40)
def test_blocks_of_any_size_hold_what_a_slow_twin_finds(groups: set[tuple[int, int]], found: Heard) -> None:
    of, rows = frames(groups, found)
    whole = overlaps(of.lazy(), rows.lazy()).collect().sort("group_id", "listener_id", "other_listener_id")
    assert whole.schema == SCHEMA
    for mine, twin in zip(whole.rows(), slowly(groups, found), strict=True):
        assert mine[:3] == twin[:3]
        assert mine[3] == pytest.approx(twin[3], abs=2e-9)
        assert mine[4] == twin[4]
    for size in (1, 5, 17):
        blocked = overlaps(of.reverse().lazy(), rows.reverse().lazy(), rows=size).collect()
        assert blocked.sort("group_id", "listener_id", "other_listener_id").equals(whole)


def test_no_block_joins_more_than_its_rows_and_one_member_s(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    taken: list[int] = []
    real: Callable[..., pl.DataFrame] = module._of_block

    def noted(mine: pl.LazyFrame, *rest: pl.LazyFrame) -> pl.DataFrame:
        taken.append(mine.select(pl.col("_rows").sum()).collect().item())
        return real(mine, *rest)

    monkeypatch.setattr(module, "_of_block", noted)
    groups = {(group, group * 5 + one) for group in range(30) for one in range(5)}
    of, rows = frames(groups, {(who, recording): 1 for _, who in groups for recording in range(6)})
    place = tmp_path / "heard.parquet"  # as a build reads it
    rows.write_parquet(place)
    assert overlaps(of.lazy(), pl.scan_parquet(place), rows=100).collect().height == 30 * 5 * 4
    assert max(taken) <= 100
    assert sum(taken) == 30 * 5 * 4 * 6

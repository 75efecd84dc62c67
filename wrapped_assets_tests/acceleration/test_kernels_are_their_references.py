"""Each kernel gives the rows of its reference: as plain Python over frames that Hypothesis makes, and as machine code over a large one."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from inspect import isfunction
from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wrapped_assets.acceleration import compiled
from wrapped_assets.kernels import grouping, months, packing, ranking, runs, slots
from wrapped_assets.kernels.inside import best, month, ordering
from wrapped_assets.kernels.inside import runs as inside_runs

FIRST, GAP = date(2026, 3, 1), timedelta(minutes=59, seconds=30)  # from the end of half a minute to the next full hour
MARCH = datetime(2026, 3, 1, tzinfo=UTC)
TYPES = {"listener_id": pl.Int64, "recording_id": pl.Int64, "local_date": pl.Date, "ms_played": pl.Int64, "_counted": pl.Boolean}
PRIMITIVES = (grouping, months, packing, ranking, runs, slots)
pytestmark = pytest.mark.filterwarnings("ignore:overflow encountered")  # by hashes of ids, on purpose


@pytest.fixture(autouse=True)
def _always_worth_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compiled, "ENOUGH_ROWS", 0)
    monkeypatch.setattr(compiled, "ENOUGH_IN_ALL", 0)
    monkeypatch.setattr(ranking, "_WORTH_IT", 0)


def plays_of(seed: int, size: int) -> pl.DataFrame:
    """Plays of one month, sorted by listener and time; days go back where a listener travels; ids and instants repeat and tie."""
    rng = random.Random(seed)
    hours = (5, 5, 6, 29, 30, 31 * 24 - 1, *(rng.randrange(31 * 24) for _ in range(6)))  # few, so that listens tie
    rows = [
        (rng.choice((1, 2, 3, 9_000_000_000)), rng.choice((-1, 0, 1, 2, rng.randrange(-3, 60))) * 10**15, rng.choice(hours),
         rng.choice((0, 0, 0, -11, 14)), rng.choice((0, 30_000, 30_000, rng.randrange(400_000))), rng.random() < 0.8)
        for _ in range(size)
    ]  # fmt: skip
    local = [min(max(hour + zone, 0), 31 * 24 - 1) // 24 for _, _, hour, zone, *_ in rows]
    return pl.DataFrame(
        {
            "listener_id": [row[0] for row in rows], "recording_id": [row[1] for row in rows],
            "local_date": [FIRST + timedelta(days=day) for day in local],
            "listened_at": pl.Series([MARCH + timedelta(hours=row[2]) for row in rows], dtype=pl.Datetime("ms", "UTC")),
            "ms_played": [row[4] for row in rows], "_counted": [row[5] for row in rows],
        },
        schema_overrides=TYPES,
    ).sort("listener_id", "listened_at", "recording_id", maintain_order=True)  # fmt: skip


def same(one: pl.LazyFrame, other: pl.LazyFrame, by: list[str]) -> None:
    """Two frames have the same rows and types."""
    wanted = other.sort(by).collect()
    assert one.sort(by).collect().equals(wanted)
    assert one.collect_schema() == wanted.schema


def months_agree(plays: pl.DataFrame) -> None:
    found = months.figures_of_month(plays.lazy(), "recording_id", pl.col("_counted"))
    same(found, months.figures_of_month_reference(plays.lazy(), "recording_id"), ["listener_id", "recording_id"])


def days_agree(plays: pl.DataFrame) -> None:
    same(months.songs_of_days(plays.lazy()), months.songs_of_days_reference(plays.lazy()), ["listener_id", "local_date"])


def counts_agree(plays: pl.DataFrame) -> None:
    by = ["recording_id", "listener_id"]
    mixed = plays.sample(fraction=1, shuffle=True, seed=1).lazy().select(*by, "local_date")
    same(months.counts_by_day(mixed, by), months.counts_by_day_reference(mixed, by), [*by, "local_date"])


def slots_agree(plays: pl.DataFrame) -> None:
    mixed = plays.sample(fraction=1, shuffle=True, seed=1).lazy()
    hour = pl.col("listened_at").dt.hour()
    found = slots.counts_by_slot(mixed, "recording_id", hour, 24)
    numbered = mixed.select("recording_id", slot=hour.cast(pl.Int16))
    same(found, slots.counts_by_slot_reference(numbered, "recording_id"), ["recording_id", "slot"])


def sessions_agree(plays: pl.DataFrame) -> None:
    length = pl.duration(milliseconds="ms_played")
    intervals = plays.lazy().select("listener_id", "ms_played", start="listened_at", end=pl.col("listened_at") + length, play_count=1)
    intervals = intervals.with_columns(pl.col("end").cast(pl.Datetime("ms", "UTC")))
    arguments = ("listener_id", "start", "end", GAP, ["play_count", "ms_played"])
    same(runs.joined_intervals(intervals, *arguments), runs.joined_intervals_reference(intervals, *arguments), ["listener_id", "start"])


def groups_agree(plays: pl.DataFrame) -> None:
    sums, least, most = ["ms_played"], ["listened_at"], ["local_date", "when"]
    mixed = plays.sample(fraction=1, shuffle=True, seed=1).lazy().with_columns(when="listened_at")  # groups need no order
    mixed = mixed.with_columns(hour=pl.col("listened_at").dt.hour(), all=pl.lit(0, pl.Int64))  # few rows of a group, and all
    for by in (["listener_id", "recording_id"], ["listener_id", "recording_id", "hour"], ["all", "listener_id", "hour"]):
        found = grouping.grouped(mixed, by, sums=sums, least=least, most=most, count="n")
        same(found, grouping.grouped_reference(mixed, by, sums, least, most, "n").select(*by, *sums, *least, *most, "n"), by)
    for by in (["listener_id", "recording_id"], ["recording_id", "local_date", "listener_id"]):  # nothing but counted
        same(grouping.grouped(mixed, by, count="n"), grouping.grouped_reference(mixed, by, [], [], [], "n").select(*by, "n"), by)


def ranks_agree(plays: pl.DataFrame) -> None:
    distinct = plays.unique(["listener_id", "recording_id", "local_date"], keep="first", maintain_order=True)
    frame = distinct.sample(fraction=1, shuffle=True, seed=2)
    order = ["-ms_played", "-listened_at", "recording_id", "local_date"]
    for by in (["listener_id"], ["local_date", "_counted"], ["name"], ["listener_id", "name"]):
        mixed = frame.lazy().with_columns(name=pl.col("recording_id").cast(pl.String))
        for limit in (1, 2, 7):
            found = ranking.ranked(mixed, by, order=[*order, "listener_id"], rank="rank", limit=limit).collect()
            everything = ranking.ranked(mixed, by, order=[*order, "listener_id"], rank="rank").filter(pl.col("rank") <= limit).collect()
            assert found.equals(everything)


def streaks_agree(plays: pl.DataFrame) -> None:
    rng, by = random.Random(plays.height), ["listener_id", "recording_id"]
    kept = plays.select(by).unique(maintain_order=True).rows()
    some = (0, 1, 1 << 30, 2**28 - 1, 3 << 27, rng.getrandbits(28))
    masks = [(*ids, f"2026-{month:02d}", rng.choice(some)) for ids in kept for month in (2, 1, 4, 3)]
    schema = {"listener_id": pl.Int64, "recording_id": pl.Int64, "month": pl.String, "mask": pl.Int64}
    months_ = pl.LazyFrame(masks, schema=schema, orient="row").with_columns(
        pl.when(pl.col("month") == "2026-02").then(pl.col("mask") & (2**28 - 1)).otherwise("mask").alias("mask")
    )
    found = runs.longest_day_runs(months_, by, "mask", "month")
    reference = runs.longest_day_runs_reference(months_, by, "mask", "month").collect()
    joined = reference.join(found.collect(), on=by, how="left", suffix="_found")
    for name in ("first_local_date", "last_local_date", "streak_day_count"):
        assert joined[name].equals(joined[f"{name}_found"].rename(name)), name


def fractions_agree(plays: pl.DataFrame) -> None:
    """Fractions are no whole numbers: neither as a group's key nor as what is summed."""
    values = pl.when(pl.col("ms_played") % 3 == 0).then(float("nan")).otherwise(pl.col("ms_played") % 5 / 4)
    mixed = plays.sample(fraction=1, shuffle=True, seed=3).with_columns(fraction=values, share=pl.col("ms_played") / 7)
    mixed = mixed.with_row_index("place")
    for by in (["fraction"], ["listener_id", "fraction"]):
        for limit in (1, 3):
            found = ranking.ranked(mixed.lazy(), by, order=["place"], rank="rank", limit=limit).collect()
            assert found.equals(ranking.ranked_reference(mixed.lazy(), by, ["place"], "rank", limit).collect())
    by = ["listener_id", "recording_id"]
    found = grouping.grouped(mixed.lazy(), by, least=["share"])
    same(found, grouping.grouped_reference(mixed.lazy(), by, [], ["share"], [], "").select(*by, "share"), by)


AGREE: list[Callable[[pl.DataFrame], Any]] = [
    months_agree, days_agree, counts_agree, slots_agree, sessions_agree, groups_agree, streaks_agree, ranks_agree,
    fractions_agree,
]  # fmt: skip


KERNELS = {
    function.__name__
    for module in (best, month, ordering, inside_runs)
    for function in vars(module).values()
    if isfunction(function) and function.__module__ == module.__name__
}
RUN_BY = {
    months_agree: {"ordered_inside", "figures_of_months"},
    days_agree: {"ordered_inside", "figures_of_days"},
    counts_agree: {"ordered_inside", "standing_together", "counts_of_days"},
    slots_agree: {"dense_codes"},
    sessions_agree: {"is_in_order", "joined"},
    groups_agree: {"dense_codes", "ordered_inside", "split_inside", "standing_together", "sums_of_groups", "least_of_groups"},
    streaks_agree: {"ordered_inside", "longest_runs"},
    ranks_agree: {"dense_codes", "marked_smallest", "first_of_groups"},
    fractions_agree: {"dense_codes", "marked_smallest", "first_of_groups"},
}


def test_every_kernel_has_a_reference() -> None:
    assert set().union(*RUN_BY.values()) == KERNELS
    assert list(RUN_BY) == AGREE


@pytest.mark.parametrize("agree", AGREE)
def test_a_kernel_in_plain_python_is_its_reference(agree: Callable[[pl.DataFrame], Any], monkeypatch: pytest.MonkeyPatch) -> None:
    ran = set()

    def run(kernel: Callable[..., Any], *arrays: Any) -> Any:
        ran.add(kernel.__name__)
        return kernel(*arrays)

    for module in PRIMITIVES:
        monkeypatch.setattr(module, "run", run)
        monkeypatch.setattr(module, "run_once", run, raising=False)

    @settings(max_examples=40)
    @given(st.integers(0, 2**32), st.integers(0, 80))
    def holds(seed: int, size: int) -> None:
        agree(plays_of(seed, size))

    holds()
    assert ran >= RUN_BY[agree]  # otherwise a reference was compared with itself


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 9)), max_size=40), st.integers(1, 5))
def test_no_row_is_marked_that_cannot_be_among_the_smallest(rows: list[tuple[int, int]], limit: int) -> None:
    groups, values = (np.array([row[place] for row in rows], dtype) for place, dtype in ((0, np.int64), (1, np.uint64)))
    worst = {group: sorted(value for one, value in rows if one == group)[:limit][-1] for group, _ in rows}
    assert best.marked_smallest(groups, values, limit).tolist() == [value <= worst[group] for group, value in rows]


def test_days_of_several_months_are_left_to_the_reference() -> None:
    later = plays_of(1, 400).with_columns(pl.col("local_date", "listened_at").dt.offset_by("31d"))
    assert later["local_date"].max() == date(2026, 5, 1)  # which is no 31st of April
    found = months.figures_of_month(later.lazy(), "recording_id", pl.col("_counted"))
    same(found, months.figures_of_month_reference(later.lazy(), "recording_id"), ["listener_id", "recording_id"])


@pytest.mark.parametrize("agree", AGREE)
def test_a_kernel_as_machine_code_is_its_reference(agree: Callable[[pl.DataFrame], Any]) -> None:
    assert compiled.is_available()
    for size in (0, 1, 2, 500, 20_000):
        agree(plays_of(size, size))


@pytest.mark.slow
@pytest.mark.parametrize("agree", [months_agree, days_agree, counts_agree, slots_agree, sessions_agree, groups_agree])
def test_five_million_plays_of_300_000_recordings_of_one_listener_have_the_same_figures(agree: Callable[[pl.DataFrame], Any]) -> None:
    assert compiled.is_available()
    size, chance = 5_000_000, np.random.default_rng(1)
    since = pl.Series(np.sort(chance.integers(0, 30 * 86_400, size)) * 1_000).cast(pl.Duration("ms"))
    times = pl.select(listened_at=pl.lit(MARCH, pl.Datetime("ms", "UTC")) + since).with_columns(local_date=pl.col("listened_at").dt.date())
    others = {
        "listener_id": np.full(size, 7), "recording_id": chance.integers(0, 300_000, size) * 10**12,
        "ms_played": chance.integers(0, 400_000, size), "_counted": chance.random(size) < 0.8,
    }  # fmt: skip
    agree(times.with_columns(**{name: pl.Series(values, dtype=TYPES[name]) for name, values in others.items()}))

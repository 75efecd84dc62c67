"""Computes the effect of changed logic or rules on a sample of stored results, in aggregate and without changing anything."""

from __future__ import annotations

import os
from collections.abc import Collection
from dataclasses import dataclass, field, replace
from typing import Any

import polars as pl

from wrapped_assets.building.build import build
from wrapped_assets.building.situate import Project
from wrapped_assets.contracts.declaration import Declaration
from wrapped_assets.planning.plan import make_plan
from wrapped_assets.planning.situation import Situation
from wrapped_assets.storage import environments, manifest
from wrapped_assets.storage.buckets import bucket_count as count_of
from wrapped_assets.storage.cell_paths import bucket_in
from wrapped_assets.storage.registry import listeners_frame
from wrapped_assets.storage.verified import intact
from wrapped_assets.vocabulary.periods import Cell

SCRATCH, _PERIOD = "~diff", "_period"


@dataclass
class Difference:
    """How one asset's sampled results differ."""

    asset: str
    rows_before: int
    rows_after: int
    rows_changed: int
    listeners_affected: int | None
    listeners_top_changed: int | None  # of those with a ranking: whose first place is another
    largest_movements: dict[str, float] = field(default_factory=dict)  # column → largest absolute change


@dataclass
class DifferenceReport:
    """What a sample says, and how large the sample is."""

    cells_sampled: int
    cells_stale: int
    listeners_sampled: int
    seconds: float
    failed: list[tuple[Cell, str]]
    differences: list[Difference]


def difference(
    project: Project, keys: Collection[str] | None, periods: Collection[str] | None, bucket_count: int | None, listener_count: int | None
) -> DifferenceReport:
    """Computes what is stale in some buckets into a scratch environment, compares it with what is stored, and throws it away.

    `listener_count` takes the first so many listeners by surrogate (a keyed hash: a fair sample), and as many buckets as hold them.
    """
    scratch = f"{SCRATCH}{os.getpid()}"
    trial = replace(project, root=project.root.within(scratch))
    situation = trial.situation()
    stale = [step.cell for step in make_plan(situation).steps]
    wanted_keys = None if keys is None else set(keys)
    asked = [cell for cell in stale if (wanted_keys is None or cell.asset in wanted_keys) and (periods is None or cell.period in periods)]
    sample = _sample(situation, asked, bucket_count or (1 if listener_count is None else None))
    everyone = listeners_frame(project.root)["listener_id"]
    people = None if listener_count is None else everyone.head(listener_count)
    before = manifest.load_cells(project.root)
    try:
        report = build(trial, lambda _situation: sample)
        after = manifest.load_cells(trial.root)
        changed = [cell for cell in report.recomputed if cell in before and before[cell].data_version != after[cell].data_version]
        fresh = [cell for cell in report.recomputed if cell not in before]
        differences = [
            _compare(project, project.graph.by_key[key], [cell for cell in changed if cell.asset == key], before, after, people)
            for key in dict.fromkeys(cell.asset for cell in changed)
        ]
        new = [
            Difference(key, 0, sum(after[cell].row_count for cell in fresh if cell.asset == key), 0, None, None)
            for key in dict.fromkeys(cell.asset for cell in fresh)
        ]
    finally:
        if scratch in environments.environments(project.root):
            environments.discard(project.root, scratch)
    buckets = {cell.bucket for cell in sample}
    count = count_of(project.root)
    sampled = sum(bucket_in(count, person) in buckets for person in (everyone if people is None else people))
    return DifferenceReport(len(sample), len(stale), sampled, report.seconds, report.failed, [*differences, *new])


def _sample(situation: Situation, stale: list[Cell], bucket_count: int | None) -> set[Cell]:
    chosen = situation.buckets()[:bucket_count]
    return {cell for cell in stale if cell.bucket in chosen}


def _compare(
    project: Project, declaration: Declaration, cells: list[Cell], before: dict[Cell, Any], after: dict[Cell, Any], people: pl.Series | None
) -> Difference:
    old, new = (_rows(project, {stored[cell].path: cell.period for cell in cells}, people) for stored in (before, after))
    grain = [_PERIOD, *declaration.grain]
    values = [name for name in old.columns if name in new.columns and name not in grain]
    joined = old.join(new, on=grain, how="full", suffix="_after", coalesce=True, nulls_equal=True)
    same = pl.all_horizontal(pl.lit(True), *(pl.col(name).eq_missing(pl.col(f"{name}_after")) for name in values))
    in_both = old.join(new, on=grain, how="semi", nulls_equal=True).height
    differing = joined.filter(~same)
    movements = {}
    for name in values:
        if old.schema[name].is_numeric() and not name.endswith("_id"):
            moved = (joined[name].cast(pl.Float64) - joined[f"{name}_after"].cast(pl.Float64)).abs().max()
            if moved:
                movements[name] = float(moved)  # type: ignore[arg-type]
    by_listener = "listener_id" in grain
    return Difference(
        declaration.key, old.height, new.height, max(differing.height, old.height + new.height - 2 * in_both),
        differing["listener_id"].n_unique() if by_listener else None, _top_changed(declaration, old, new) if by_listener else None,
        dict(sorted(movements.items())),
    )  # fmt: skip


def _top_changed(declaration: Declaration, old: pl.DataFrame, new: pl.DataFrame) -> int | None:
    """How many listeners have another first place; None where nothing is ranked."""
    rank = next((name for name in declaration.grain if name.endswith(("_rank", "_position"))), None)
    thing = next((name for name in declaration.schema if name.endswith("_id") and name not in declaration.grain), None)
    if rank is None or thing is None:
        return None
    keys = [_PERIOD, *(name for name in declaration.grain if name != rank)]
    tops = (frame.filter(pl.col(rank) == 1).select(*keys, thing) for frame in (old, new))
    joined = next(tops).join(next(tops), on=keys, how="full", suffix="_after", coalesce=True)
    return joined.filter(~pl.col(thing).eq_missing(pl.col(f"{thing}_after")))["listener_id"].n_unique()


def _rows(project: Project, periods: dict[str, str], people: pl.Series | None) -> pl.DataFrame:
    """The rows of some cells with the period of each: a grain is unique within one."""
    files = zip(intact(project.root, periods), periods.values(), strict=True)
    lazy = pl.concat(pl.scan_parquet(file).with_columns(pl.lit(period).alias(_PERIOD)) for file, period in files)
    if people is not None and "listener_id" in lazy.collect_schema():
        lazy = lazy.filter(pl.col("listener_id").is_in(people.implode()))
    return lazy.collect()

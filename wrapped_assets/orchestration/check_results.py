"""Evaluates asset checks over stored cells. A result says how many cells were read and how many rows broke it, never which."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import dagster as dg
import polars as pl
from dagster._core.storage.asset_check_execution_record import AssetCheckExecutionRecordStatus

from wrapped_assets.contracts.declaration import Declaration
from wrapped_assets.orchestration.checks import COUNTED_IN, conserved_column, specs
from wrapped_assets.orchestration.facts import metadata
from wrapped_assets.orchestration.lake import Lake
from wrapped_assets.storage.manifest import StoredCell
from wrapped_assets.vocabulary.periods import Cell, is_month, months_of

DAY_MS = 86_400_000
FEW_ROWS = 20  # below it, losing half of the rows is nothing unusual


@dataclass(frozen=True)
class Stored:
    """What a run's checks look at: its cells by period, and the rows that each period had before."""

    lake: Lake
    declaration: Declaration
    cells: Mapping[str, Sequence[StoredCell]]
    rows_before: Mapping[str, int]

    def frames(self) -> list[pl.LazyFrame]:
        schema = pl.Schema(self.declaration.schema)
        return [self.lake.scan([cell], schema) for found in self.cells.values() for cell in found]


@dataclass(frozen=True)
class Evaluated:
    """A run's share of an asset: the cells of its periods now and before, and which of them it computed."""

    lake: Lake
    declaration: Declaration
    cells: Mapping[str, Sequence[StoredCell]]
    before: Mapping[str, Sequence[StoredCell]]
    recomputed: Collection[Cell]


def of_a_run(run: Evaluated, instance: dg.DagsterInstance, names: Collection[str]) -> list[dg.AssetCheckResult]:
    """The checks after a run. One that held reads only what the run computed; one that did not, or never ran, reads all its periods."""
    rows_before = {period: sum(stored.row_count for stored in found) for period, found in run.before.items()}
    everything = Stored(run.lake, run.declaration, run.cells, rows_before)
    computed = {period: [each for each in found if each.cell in run.recomputed] for period, found in run.cells.items()}
    some = Stored(run.lake, run.declaration, computed, {})
    held = held_last(instance, run.declaration.key, names - {"row_count"})
    return [result(some if name in held else everything, name) for name in names_of(run.declaration) if name in names]


def of_all_stored(lake: Lake, declaration: Declaration, names: Collection[str]) -> list[dg.AssetCheckResult]:
    """The checks over everything that is stored of an asset."""
    stored = Stored(lake, declaration, lake.all_cells(declaration.key), {})
    return [result(stored, name) for name in names_of(declaration) if name in names]


def held_last(instance: dg.DagsterInstance, key: str, names: Collection[str]) -> set[str]:
    """The checks whose last evaluation passed."""
    asset, ended = dg.AssetKey(key.split("/")), {AssetCheckExecutionRecordStatus.SUCCEEDED, AssetCheckExecutionRecordStatus.FAILED}
    found = set()
    for name in names:
        last = instance.event_log_storage.get_asset_check_execution_history(dg.AssetCheckKey(asset, name), limit=1, status=ended)
        if last and last[0].status is AssetCheckExecutionRecordStatus.SUCCEEDED:
            found.add(name)
    return found


def names_of(declaration: Declaration) -> list[str]:
    return [spec.name for spec in specs(declaration)]


def result(stored: Stored, name: str) -> dg.AssetCheckResult:
    """One check's result over stored cells."""
    (spec,) = (spec for spec in specs(stored.declaration) if spec.name == name)
    broken, read = CHECKS[name](stored), sum(len(found) for found in stored.cells.values())
    severity = dg.AssetCheckSeverity.ERROR if spec.blocking else dg.AssetCheckSeverity.WARN
    facts = metadata({"violations": broken, "cells": read, "partitions": sum(1 for found in stored.cells.values() if found)})
    return dg.AssetCheckResult(passed=not broken, asset_key=spec.asset_key, check_name=name, severity=severity, metadata=facts)


def broken_grain(stored: Stored) -> int:
    """Rows without a whole key, or with a key that another row of the cell has."""
    grain = list(stored.declaration.grain)
    if not grain:
        return 0
    wanted = pl.len() - pl.struct(grain).n_unique() + pl.sum_horizontal(pl.col(name).null_count() for name in grain)
    return sum(int(frame.item()) for frame in pl.collect_all([frame.select(wanted) for frame in stored.frames()]))


def broken_schema(stored: Stored) -> int:
    """Cells whose columns are not the declared ones."""
    declared = pl.Schema(stored.declaration.schema)
    return sum(frame.collect_schema() != declared for frame in stored.frames())


def broken_conservation(stored: Stored) -> int:
    """Listeners' periods whose sum differs from the number of plays or listens, in either direction."""
    column, declaration, lake = conserved_column(stored.declaration), stored.declaration, stored.lake
    schema = pl.Schema(declaration.schema)
    months = {str(month): period for period in stored.cells for month in ([period] if is_month(period) else months_of(int(period)))}
    pairs = {(period, cell.cell.bucket) for period, found in stored.cells.items() for cell in found}
    claimed = [
        lake.scan(found, schema).select("listener_id", pl.col(column).alias("count"), period=pl.lit(period))
        for period, found in stored.cells.items()
    ]
    actual = [
        lake.scan(there, pl.Schema()).select("listener_id", count=pl.lit(-1, pl.Int64), period=pl.lit(months[month]))
        for month, found in lake.cells(COUNTED_IN[column], list(months)).items()
        if (there := [cell for cell in found if (months[month], cell.cell.bucket) in pairs])
    ]
    if not claimed and not actual:
        return 0
    sums = pl.concat(claimed + actual).group_by("period", "listener_id").agg(pl.col("count").sum())
    return int(sums.select((pl.col("count") != 0).sum()).collect().item())


def lost_rows(stored: Stored) -> int:
    """Partitions that have less than half of the rows they had."""
    return sum(
        before >= FEW_ROWS and 2 * sum(cell.row_count for cell in stored.cells.get(period, ())) < before
        for period, before in stored.rows_before.items()
    )


def future_plays(stored: Stored) -> int:
    """Plays more than a day from now."""
    late = (pl.col("listened_at") > datetime.now(UTC) + timedelta(days=1)).sum()
    return sum(int(frame.item()) for frame in pl.collect_all([frame.select(late) for frame in stored.frames()]))


def long_days(stored: Stored) -> int:
    """Listeners' days with more than a day's playing time."""
    long = (pl.col("ms_played") > DAY_MS).sum()
    return sum(int(frame.item()) for frame in pl.collect_all([frame.select(long) for frame in stored.frames()]))


CHECKS = {
    "grain": broken_grain, "schema": broken_schema, "conservation": broken_conservation,
    "row_count": lost_rows, "future": future_plays, "day_length": long_days,
}  # fmt: skip

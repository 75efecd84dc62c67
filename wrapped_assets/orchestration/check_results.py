"""Evaluates asset checks over stored cells. A result says how many cells were read and how many rows broke it, never which."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import dagster as dg
import polars as pl

from wrapped_assets.contracts.declaration import Declaration
from wrapped_assets.orchestration.checks import COUNTED_IN, conserved_column, specs
from wrapped_assets.orchestration.facts import metadata
from wrapped_assets.orchestration.lake import Lake
from wrapped_assets.storage.manifest import StoredCell
from wrapped_assets.vocabulary.periods import months_of

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


def results(stored: Stored) -> list[dg.AssetCheckResult]:
    """One result for each of the asset's checks, over all the run's partitions."""
    key, read = dg.AssetKey(stored.declaration.key.split("/")), sum(len(found) for found in stored.cells.values())
    done = []
    for spec in specs(stored.declaration):
        broken = CHECKS[spec.name](stored)
        severity = dg.AssetCheckSeverity.ERROR if spec.blocking else dg.AssetCheckSeverity.WARN
        facts = metadata({"violations": broken, "cells": read, "partitions": len(stored.cells)})
        done.append(dg.AssetCheckResult(passed=not broken, asset_key=key, check_name=spec.name, severity=severity, metadata=facts))
    return done


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
    months = {str(month): period for period in stored.cells for month in ([period] if "-" in period else months_of(int(period)))}
    buckets = {cell.cell.bucket for found in stored.cells.values() for cell in found}
    claimed = [
        lake.scan(found, schema).select("listener_id", pl.col(column).alias("count"), period=pl.lit(period))
        for period, found in stored.cells.items()
    ]
    actual = [
        lake.scan(there, pl.Schema()).select("listener_id", count=pl.lit(-1, pl.Int64), period=pl.lit(months[month]))
        for month, found in lake.cells(COUNTED_IN[column], list(months)).items()
        if (there := [cell for cell in found if cell.cell.bucket in buckets])
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

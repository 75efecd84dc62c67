"""Computes one cell's rows from its inputs, and holds them to the declaration."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from wrapped_assets.contracts.declaration import Declaration
from wrapped_assets.contracts.errors import BuildError
from wrapped_assets.vocabulary.periods import Month
from wrapped_assets.vocabulary.rules import DeclaredRules, Rules, clamped

IDS_END = 1 << 63  # ids are hashes, even over 0 … 2^63 - 1
ROWS_PER_RANGE = 4_000_000  # of the inputs that a range reads: some 110 bytes each while they are grouped


def result_by_ranges(
    declaration: Declaration, inputs: Mapping[str, pl.DataFrame | pl.LazyFrame], rules: Rules, period: str, ranges: int = 1
) -> pl.DataFrame:
    """The rows of an asset over all listeners: range by range of the id that its rows follow from, so that memory is bounded."""
    parts = []
    for number in range(ranges if declaration.by else 1):
        seen = dict(inputs)
        if ranges > 1:
            within = pl.col(declaration.by).is_between(IDS_END // ranges * number, IDS_END // ranges * (number + 1), closed="left")
            within = within if number + 1 < ranges else pl.col(declaration.by) >= IDS_END // ranges * number
            seen = {
                read.asset: inputs[read.asset].lazy().filter(within) if declaration.by in read.columns else inputs[read.asset]
                for read in declaration.reads
            }
        parts.append(lazy_result(declaration, seen, rules, period).collect(engine="streaming"))
    return parts[0] if len(parts) == 1 else pl.concat(parts)


def lazy_result(declaration: Declaration, inputs: Mapping[str, pl.DataFrame | pl.LazyFrame], rules: Rules, period: str) -> pl.LazyFrame:
    """What the function says, in the declared columns and order. `inputs` maps each input's name to its declared columns."""
    arguments: list[object] = [inputs[read.asset].lazy().select(read.columns) for read in declaration.reads]
    if declaration.kind == "month_bucket":
        month = Month.parse(period)
        rules = clamped(rules, month.first_day, month.last_day)
    if declaration.rules:
        arguments.append(DeclaredRules(rules, declaration.rules))
    if declaration.wants_period:
        arguments.append(Month.parse(period) if declaration.kind == "month_bucket" else int(period))
    result = declaration.function(*arguments)
    return result.select(pl.col(name).cast(dtype) for name, dtype in declaration.schema.items()).sort(declaration.order)


def checked(declaration: Declaration, frame: pl.DataFrame) -> pl.DataFrame:
    """The frame, if its grain is unique and has no null; BuildError (without a value in it) otherwise."""
    if frame.schema != pl.Schema(declaration.schema):
        raise BuildError(f"{declaration.key}: expected the columns {list(declaration.schema)}, got {frame.columns}")
    grain = list(declaration.grain)
    if nulls := sum(frame[name].null_count() for name in grain):
        raise BuildError(f"{declaration.key}: {nulls} nulls in the grain {grain}; every row needs its key")
    if frame.height < 2 or declaration.order != declaration.grain:
        return frame
    same = pl.all_horizontal(pl.col(name) == pl.col(name).shift(1) for name in grain) if grain else pl.lit(value=True)
    if repeated := frame.select(same.sum()).item():  # sorted: equals are neighbours
        raise BuildError(f"{declaration.key}: {repeated} rows repeat a key of the grain {grain}; aggregate them, or widen the grain")
    return frame

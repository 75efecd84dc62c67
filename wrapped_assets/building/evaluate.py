"""Computes one cell's rows from its inputs, and holds them to the declaration."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from wrapped_assets.contracts.declaration import Declaration
from wrapped_assets.contracts.errors import BuildError
from wrapped_assets.vocabulary.periods import Month
from wrapped_assets.vocabulary.rules import DeclaredRules, Rules, clamped


def lazy_result(declaration: Declaration, inputs: Mapping[str, pl.DataFrame], rules: Rules, period: str) -> pl.LazyFrame:
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

"""Computes one cell's rows from its inputs and checks the result against the declared columns."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache

import polars as pl

from wrapped_assets.building.failures import failure
from wrapped_assets.building.value_laws import value_faults
from wrapped_assets.contracts.declaration import Declaration
from wrapped_assets.contracts.lineage import EXTERNALS, WITHOUT_PLAYS
from wrapped_assets.kernels.engines import Engine, engine_for
from wrapped_assets.kernels.lossless import is_lossless
from wrapped_assets.kernels.ranges import EVERYTHING, Ranges
from wrapped_assets.kernels.several_months import Months
from wrapped_assets.vocabulary.columns import BY_NAME
from wrapped_assets.vocabulary.periods import Cell, Month
from wrapped_assets.vocabulary.rules import DeclaredRules, Rules, clamped

ROWS_IN_MEMORY = 100_000  # of an input
ROWS_TO_LOOK_AT = 50_000  # of an input


def hears_nothing(declaration: Declaration, inputs: Mapping[str, pl.DataFrame | pl.LazyFrame]) -> bool:
    """Whether no input that comes from plays has a row. Then the result has none, without a question to the function: a law says so."""
    heard = [inputs[read.asset] for read in declaration.reads if EXTERNALS.get(read.asset) not in WITHOUT_PLAYS]
    return bool(heard) and all(isinstance(frame, pl.DataFrame) and frame.is_empty() for frame in heard)


def engine_of(inputs: Mapping[str, pl.DataFrame | pl.LazyFrame]) -> Engine:
    """The engine for an asset's query over these inputs; scans may be of any size."""
    frames = [frame for frame in inputs.values() if isinstance(frame, pl.DataFrame)]
    return engine_for(sum(frame.height for frame in frames)) if len(frames) == len(inputs) else "streaming"


def lazy_result(
    declaration: Declaration, inputs: Mapping[str, pl.DataFrame | pl.LazyFrame], rules: Rules, period: str | Months,
    within: Ranges = EVERYTHING,
) -> pl.LazyFrame:  # fmt: skip
    """What the function returns, in the declared columns and order, without rows about too few listeners.

    `inputs` maps each input's name to its declared columns, and `period` is the cell's; or that of several months, whose listeners are
    coded (`kernels.several_months`). BuildError where a column is missing, or is of a type from which only
    a cast that loses something leads to the declared one.
    """
    columns = _wide if declaration.subject else list
    arguments: list[object] = [inputs[read.asset].lazy().select(columns(read.columns)) for read in declaration.reads]
    if declaration.kind == "month_bucket":
        of = (Month.parse(period),) if isinstance(period, str) else period.months
        rules = clamped(rules, of[0].first_day, of[-1].last_day)
    if declaration.rules:
        arguments.append(DeclaredRules(rules, declaration.rules))
    if declaration.within:
        arguments.append(within)
    if declaration.wants_period:
        arguments.append(period if isinstance(period, Months) else of[0] if declaration.kind == "month_bucket" else int(period))
    result = declaration.function(*arguments)
    if not isinstance(result, pl.LazyFrame):
        raise failure(declaration, f"the function returned a {type(result).__name__}, expected a polars LazyFrame; {_instead(result)}")
    found, wanted = result.collect_schema(), declaration.schema
    if "month" in wanted and "month" not in found and declaration.kind == "month_bucket":  # a function need not repeat what it was given
        result = result.with_columns(month=pl.lit(period if isinstance(period, str) else None, pl.String))
        found["month"] = pl.String()
    if declaration.minimum_group and declaration.minimum_group > 1:
        size = declaration.group_size
        _check_column(declaration, size, BY_NAME[size].dtype, found, "group_size")
        result = result.filter(pl.col(size) >= declaration.minimum_group)
    for name, dtype in wanted.items():
        _check_column(declaration, name, dtype, found, "columns")
    chosen = result.select(name if found[name] == dtype else pl.col(name).cast(dtype) for name, dtype in wanted.items())
    if not any(isinstance(frame, pl.DataFrame) and frame.height >= ROWS_TO_LOOK_AT for frame in inputs.values()):
        return chosen.sort(declaration.order)
    return chosen.map_batches(lambda rows: _in_order(rows, declaration.order), predicate_pushdown=False, projection_pushdown=False)


def _in_order(rows: pl.DataFrame, order: Sequence[str]) -> pl.DataFrame:
    """The rows sorted. Many come sorted from their function, and to see that takes a twentieth of the time that sorting takes."""
    rises = pl.lit(value=False)
    for name in reversed(order):
        rises = (pl.col(name) > pl.col(name).shift(1)) | ((pl.col(name) == pl.col(name).shift(1)) & rises)
    is_plain = not any(rows.schema[name].is_float() or rows[name].null_count() for name in order)
    is_sorted = is_plain and rows.height and rows.lazy().select(rises.slice(1).all()).collect(engine=engine_for(rows.height)).item()
    return rows if is_sorted else rows.sort(order)


def _wide(columns: Sequence[str]) -> list[str | pl.Expr]:
    """The columns as an analyst's function gets them: whole numbers of 32 bits in 64, for a sum of narrow ones overflows in silence."""
    return [pl.col(name).cast(pl.Int64) if BY_NAME[name].dtype == pl.Int32 else name for name in columns]


def _instead(result: object) -> str:
    if result is None:
        return "write `return` before the last expression"
    return "leave `.collect()` out" if isinstance(result, pl.DataFrame) else "return the frame that holds the rows"


def _check_column(declaration: Declaration, name: str, dtype: pl.DataType, found: pl.Schema, keyword: str) -> None:
    if name not in found:
        known = ", ".join(column for column in found.names() if column in BY_NAME)  # another name may be a listener's data
        message = f"the result has no column {name!r}, which `{keyword}` declares; it has {known or 'none of the dictionary'}: return it"
        raise failure(declaration, message, keyword, name)
    if not is_lossless(found[name], dtype):
        raise failure(
            declaration,
            f"the column {name!r} came as {found[name]}, the dictionary says {dtype}: {_why_not(found[name], dtype)}",
            keyword, name,
        )  # fmt: skip


def _why_not(given: pl.DataType, wanted: pl.DataType) -> str:
    if given.is_float() and wanted.is_integer():
        return "a cast would cut off fractions; round in the function, `.round().cast(pl.Int64)`, or return whole numbers"
    if given.is_integer() and wanted.is_float():
        return f"whole numbers above 2^53 would lose digits; write `.cast(pl.{wanted})` in the function where they stay below"
    if given == pl.Boolean:
        return "a yes or no is no number; count with `.sum()`"
    return f"a cast could lose or change values; return {wanted}"


def lawful_cells(declared: Mapping[str, Declaration], found: Mapping[Cell, pl.DataFrame]) -> set[Cell]:
    """The cells of assets that have several here, whose rows all keep their laws: seen by one look at all months of an asset."""
    months: dict[str, list[Cell]] = {}
    for cell in found:
        months.setdefault(cell.asset, []).append(cell)
    several = {asset: cells for asset, cells in months.items() if len(cells) > 1}
    return {cell for asset, cells in several.items() if keep_all_laws(declared[asset], [found[cell] for cell in cells]) for cell in cells}


def keep_all_laws(declaration: Declaration, frames: Sequence[pl.DataFrame]) -> bool:
    """Whether frames of several months keep every law, as one look at all of them shows; False where each needs a look of its own.

    What breaks no law among the others' rows breaks none alone: except ranks, which begin anew in each frame.
    """
    if declaration.subject or any(frame.schema != _schema(declaration) for frame in frames):
        return False
    return next(value_faults(declaration, pl.concat(frames)), None) is None


@lru_cache(maxsize=1024)
def _schema(declaration: Declaration) -> pl.Schema:
    return pl.Schema(declaration.schema)


def checked(declaration: Declaration, frame: pl.DataFrame) -> pl.DataFrame:
    """The frame, if it keeps every law of its values; BuildError (without a value in it) otherwise."""
    if frame.schema != _schema(declaration):
        wrong = next((name for name, dtype in declaration.schema.items() if frame.schema.get(name) != dtype), "")
        types = f"as {declaration.schema.get(wrong)}, got {frame.schema.get(wrong, 'nothing')}"
        raise failure(declaration, f"expected the column {wrong!r} {types}: return the declared type", "columns", wrong)
    for keyword, name, message in value_faults(declaration, frame):
        raise failure(declaration, message, keyword, name)
    return frame

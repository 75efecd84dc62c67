"""Checks a result's values: unique keys, no forbidden nulls, counts and shares within their limits."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

import polars as pl

from wrapped_assets.contracts.declaration import Declaration
from wrapped_assets.vocabulary.columns import Column
from wrapped_assets.vocabulary.limits import ROUNDING, is_never_null, limits_of

Law = tuple[str, str, pl.Expr, str]  # keyword, column, how many rows break it, what to say of those


def value_faults(declaration: Declaration, frame: pl.DataFrame) -> Iterator[tuple[str, str, str]]:
    """(keyword, column, message) of each law that the frame breaks; messages have numbers of rows, never a value."""
    if frame.is_empty():
        return
    laws, counts = _laws(declaration)
    broken = frame.select(counts).row(0)
    for (keyword, name, _, message), rows in zip(laws, broken, strict=True):
        if rows:
            yield keyword, name, f"{rows:,} {'row' if rows == 1 else 'rows'}: {message}"


@lru_cache(maxsize=1024)
def _laws(declaration: Declaration) -> tuple[list[Law], list[pl.Expr]]:
    """The laws of an asset, and how many rows break each: made once, for thousands of cells."""
    laws = [*_key_laws(declaration), *(law for column in declaration.columns for law in _column_laws(declaration, column))]
    return laws, [count.alias(str(number)) for number, (_, _, count, _) in enumerate(laws)]


def _key_laws(declaration: Declaration) -> Iterator[Law]:
    grain = list(declaration.grain)
    if not grain:
        yield "grain", "", pl.len() - 1, "more than one; an asset without a grain has one row"
        return
    for name in grain:
        yield "grain", name, pl.col(name).null_count(), f"{name} is null, and it is in the grain {grain}; every row needs its key"
    is_sorted = declaration.order == declaration.grain  # then equal keys are neighbours
    same = pl.all_horizontal(pl.col(name).eq_missing(pl.col(name).shift(1)) for name in grain) & (pl.int_range(pl.len()) > 0)
    repeated = same.sum() if is_sorted else pl.struct(grain).is_duplicated().sum()
    yield "grain", "", repeated, f"a key of the grain {grain} occurs again; aggregate the rows, or widen the grain"
    place = grain[-1]
    is_own = not any(place in read.columns for read in declaration.reads)  # otherwise a choice of the rows of another asset
    if is_sorted and is_own and declaration.subject and len(grain) > 1 and place.endswith(("_rank", "playlist_position")):
        is_first = pl.any_horizontal(pl.col(name).ne_missing(pl.col(name).shift(1)) for name in grain[:-1]) | (pl.int_range(pl.len()) == 0)
        expected = pl.when(is_first).then(1).otherwise(pl.col(place).shift(1) + 1)
        hint = "filter before you rank" if (declaration.minimum_group or 1) > 1 else "rank with `ranked(…)`, and filter before it"
        yield "grain", place, (pl.col(place) != expected).sum(), f"{place} leaves a gap, and its places are 1, 2, 3 …; {hint}"


def _column_laws(declaration: Declaration, column: Column) -> Iterator[Law]:
    name, values = column.name, pl.col(column.name)
    if is_never_null(column) and name not in declaration.nullable and name not in declaration.grain:
        remedy = f"fill it with 0 in the function, or declare `nullable=[c.{name}]`"
        yield "columns", name, values.null_count(), f"{name} is null, and it is never null; {remedy}"
    if column.dtype.is_float():
        unusual = values.is_nan() | values.is_infinite()
        yield "columns", name, unusual.sum(), f"{name} is NaN or infinite; divide only where the divisor is not 0, and use null elsewhere"
    least, most = limits_of(column)
    if least is not None:
        slack = ROUNDING if column.dtype.is_float() else 0
        yield "columns", name, (values < least - slack).sum(), f"{name} is below {least}; {_said(column)}"
        if most is not None:
            yield "columns", name, (values > most + slack).sum(), f"{name} is above {most}; {_said(column)}"


def _said(column: Column) -> str:
    unit = f" ({column.unit})" if column.unit else ""
    return f"the dictionary says {column.meaning.rstrip('.')!r}{unit}: correct the formula, or use another column"

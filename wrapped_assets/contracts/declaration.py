"""The decorator that turns a function into an asset and checks the laws of a declaration."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping, Sequence
from typing import Any, get_args

import polars as pl

from wrapped_assets.contracts.asset import Declaration, Example, Layer, LookUp, Read, Subject, Window
from wrapped_assets.contracts.errors import DeclarationError
from wrapped_assets.contracts.validation import faults_as_written, faults_of_declaration, faults_of_function, refuse
from wrapped_assets.vocabulary.columns import Column
from wrapped_assets.vocabulary.periods import CellKind

__all__ = ["Declaration", "Example", "Layer", "Read", "Subject", "Window", "declare", "reads_from"]


def reads_from(declared: Mapping[str, Sequence[Column] | tuple[Sequence[Column], Window]]) -> tuple[Read, ...]:
    """Converts `reads` as written in a declaration: `{asset: [columns]}` or `{asset: ([columns], window)}`."""
    found = []
    for asset, value in declared.items():
        columns, window = value if len(value) == 2 and isinstance(value[1], str) else (value, "period")
        found.append(Read(asset, tuple(column.name for column in columns), window))
    return tuple(found)


def lookups_from(declared: Mapping[str, Mapping[str, str]]) -> tuple[LookUp, ...]:
    """Converts `lookups` as written in a declaration: `{table: {column: "input.column"}}`."""
    return tuple(
        LookUp(table, column, *source.partition(".")[::2]) for table, columns in declared.items() for column, source in columns.items()
    )


def declare(
    *,
    layer: Layer,
    kind: CellKind,
    grain: Sequence[Column],
    columns: Sequence[Column],
    reads: Mapping[str, Sequence[Column] | tuple[Sequence[Column], Window]],
    rules: Sequence[str] = (),
    lookups: Mapping[str, Mapping[str, str]] | None = None,
    nullable: Sequence[Column] = (),
    sort: Sequence[Column] = (),
    **rest: Any,
) -> Callable[[Callable[..., pl.LazyFrame]], Declaration]:
    """Returns a decorator that turns a pure function into an asset with the function's name.

    The function's parameters are the names of its inputs, plus `rules` if it declares any, `within` if that is declared, and `month`
    or `year` if it needs its period. A declared `month` that it does not return is the one of the cell.
    `lookups` says which rows of a catalogue's table it needs, `{"known_artists": {"artist_id": "artist_credits.artist_id"}}`: those
    of which a column has a value that another of its inputs has. Other rows may be left out of what it receives.
    Raises DeclarationError, with file, line and column, for the first law of `contracts.validation` that the declaration breaks.
    """

    if sys.flags.optimize > 1:
        raise DeclarationError(
            "Python runs without docstrings (-OO, PYTHONOPTIMIZE=2), which assets need for their meaning; run it with -O or without it"
        )

    def decorate(function: Callable[..., pl.LazyFrame]) -> Declaration:
        given = {"grain": grain, "columns": columns, "reads": reads, "rules": rules, "nullable": nullable, "sort": sort}
        refuse(function, faults_as_written(given, get_args(Window)))
        inputs = [read.rpartition("/")[2] for read in reads]
        parameters = inputs + (["rules"] if rules else []) + (["within"] if rest.get("within") else [])
        refuse(function, faults_of_function(function, parameters, "month" if kind == "month_bucket" else "year"))
        declared = Declaration(
            name=function.__name__, layer=layer, kind=kind, function=function, grain=tuple(column.name for column in grain),
            columns=(*grain, *columns), reads=reads_from(reads), rules=frozenset(rules), sort=tuple(column.name for column in sort),
            lookups=lookups_from(lookups or {}),
            nullable=frozenset(column.name for column in nullable), **rest,
        )  # fmt: skip
        refuse(function, faults_of_declaration(declared))
        return declared

    return decorate

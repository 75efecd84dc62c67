"""Checks worked examples before they run: they must be readable and expect rows that the asset can have."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from types import EllipsisType
from typing import Any

import polars as pl

from wrapped_assets.contracts.asset import Declaration, Example
from wrapped_assets.contracts.errors import DeclarationError
from wrapped_assets.contracts.examples import parsed
from wrapped_assets.contracts.fault import Fault
from wrapped_assets.contracts.known import NAMED

WRITE_ONE = "write Example(given={'ana': '2026-03-01 eple*2'}, expect=[{'listener_id': 'ana', …}]), and `...` last if more rows follow"
_PROFILE = ("country", "birth_year", "place", "is_findable", "is_recommending", "is_sharing")


def example_faults(declared: Declaration) -> Iterator[Fault]:
    """Yields the first fault of each example of an asset."""
    examples = declared.examples
    if not isinstance(examples, tuple):
        yield Fault("examples", "", f"examples must be a list of Example(…), got a {type(examples).__name__}; {WRITE_ONE}")
    elif not examples:
        yield Fault("examples", "", f"the asset has no worked example; {WRITE_ONE}")
    for example in examples:
        if not isinstance(example, Example):
            yield Fault("examples", "", f"examples must hold Example(…), got a {type(example).__name__}; {WRITE_ONE}")
            return
        fault = next(_faults(declared, example), None)
        if fault:
            yield Fault("examples", *fault)
    if not any(row for example in examples for row in example.expect if isinstance(row, Mapping)):
        yield Fault("examples", "expect", f"no example expects a row, so no example can fail; {WRITE_ONE}")


def _faults(declared: Declaration, example: Example) -> Iterator[tuple[str, str]]:
    """The faults of one example, as (name to point at, message)."""
    if not isinstance(example.given, Mapping) or not any(example.given.values()):
        yield "given", f"the example gives no plays; {WRITE_ONE}"
        return
    for listener, text in example.given.items():
        try:
            parsed(text)
        except DeclarationError as error:
            yield text, f"the example's plays of {listener!r}: {error}"
        except TypeError:
            yield str(listener), f"the example's plays of {listener!r} must be a text, got a {type(text).__name__}; {WRITE_ONE}"
    if not isinstance(example.year, int) or not 2002 <= example.year <= 2100:
        yield "year", f"the example's year must be a number from 2002 to 2100, got {example.year!r}"
    yield from _surrounding_faults(example)
    rows = list(example.expect)
    for number, row in enumerate(rows, 1):
        if isinstance(row, EllipsisType):
            if number < len(rows):
                yield "expect", f"`...` stands for further rows and comes last; it is number {number} of {len(rows)}"
            continue
        if not isinstance(row, Mapping) or not row:
            yield "expect", f"expected row {number} must name columns and their values, got {row!r}; {WRITE_ONE}"
            continue
        for name, value in row.items():
            dtype = declared.schema.get(name)
            if dtype is None:
                yield name, f"the example expects {name!r}, which the asset does not have; it has {', '.join(declared.schema)}"
            elif not _fits(name, value, dtype):
                yield name, f"the example expects {value!r} in {name}, which is a column of {dtype}; write a value of that type"


def _surrounding_faults(example: Example) -> Iterator[tuple[str, str]]:
    names = set(example.given)
    for person, said in example.people.items():
        if person not in names:
            yield person, f"people names {person!r}, who plays nothing; give plays to that name, or correct it"
        if unknown := sorted(set(said) - set(_PROFILE)):
            yield unknown[0], f"people says {unknown} of {person!r}; a profile may have {', '.join(_PROFILE)}"
    for group, members in example.groups.items():
        if strangers := sorted(set(members) - names):
            yield str(group), f"the group {group!r} has {strangers}, who play nothing; give plays to those names, or correct them"
    for table in example.catalogue:
        if table not in NAMED:
            yield str(table), f"the catalogue has no table {table!r}; known are {', '.join(NAMED)}"


def _fits(name: str, value: Any, dtype: pl.DataType) -> bool:
    """Whether a column of the type can hold the value; examples write ids as names, and may write days and instants as text."""
    if value is None:
        return True
    if name.endswith("_id"):
        return isinstance(value, str | int)
    if isinstance(dtype, pl.Boolean):
        return isinstance(value, bool)
    if dtype.is_numeric():
        return isinstance(value, int if dtype.is_integer() else int | float) and not isinstance(value, bool)
    if isinstance(dtype, pl.Date | pl.Datetime):
        return isinstance(value, date | datetime | str)
    if isinstance(dtype, pl.List):
        return isinstance(value, list | tuple)
    return isinstance(value, str) if isinstance(dtype, pl.String) else True

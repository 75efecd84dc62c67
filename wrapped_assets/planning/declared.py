"""Encodes a declaration for hashing: every field by value, except prose."""

from __future__ import annotations

import dataclasses
from typing import Any

import polars as pl

from wrapped_assets.contracts.asset import Declaration, Read
from wrapped_assets.contracts.errors import DeclarationError
from wrapped_assets.vocabulary.columns import Column

# The fields for human readers; every other field decides what is stored. The function is hashed by its code.
_PROSE = frozenset({"chapter", "headline", "examples", "function", "name", "layer", "year"})
_PROSE_OF_COLUMNS = frozenset({"meaning", "privacy", "unit"})


def declared(declaration: Declaration) -> dict[str, str]:
    """Encodes every field of the declaration that is not listed as prose, so a new field counts by default."""
    values = {field.name: getattr(declaration, field.name) for field in dataclasses.fields(declaration) if field.name not in _PROSE}
    return {name.replace("_", " "): _value(value) for name, value in values.items()}


def _value(value: Any) -> str:
    if isinstance(value, Column):
        return column_text(value)
    if isinstance(value, Read):
        return f"{value.asset}({', '.join(value.columns)}; {value.window})"
    if isinstance(value, (tuple, list)):
        return f"({', '.join(_value(item) for item in value)})"
    if isinstance(value, (set, frozenset)):
        return f"{{{', '.join(sorted(_value(item) for item in value))}}}"
    if isinstance(value, pl.DataType):
        return _type(value)
    if value is None or isinstance(value, (bool, int, float, str)):
        return repr(value)
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return f"{type(value).__name__}({', '.join(f'{one.name}={_value(getattr(value, one.name))}' for one in dataclasses.fields(value))})"
    raise DeclarationError(f"a declaration holds a {type(value).__name__}; use texts, numbers, columns and tuples of them")


def column_text(column: Column) -> str:
    kept = {field.name: getattr(column, field.name) for field in dataclasses.fields(column) if field.name not in _PROSE_OF_COLUMNS}
    return f"Column({', '.join(f'{name}={_value(value)}' for name, value in kept.items())})"


def _type(dtype: pl.DataType) -> str:
    """Encodes a column's type in full, because its printed form may be shortened."""
    inner = [f"{name}={_type(value) if isinstance(value, pl.DataType) else value!r}" for name, value in sorted(_of_type(dtype).items())]
    return f"{type(dtype).__name__}({', '.join(inner)})"


def _of_type(dtype: pl.DataType) -> dict[str, Any]:
    if isinstance(dtype, pl.Enum):
        return {"categories": dtype.categories.to_list()}
    if isinstance(dtype, pl.Struct):
        return {field.name: field.dtype for field in dtype.fields}
    names = ("inner", "shape", "time_unit", "time_zone", "precision", "scale")
    return {name: getattr(dtype, name) for name in names if hasattr(dtype, name)}

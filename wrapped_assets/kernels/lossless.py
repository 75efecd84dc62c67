"""Decides which casts keep every value; only these happen automatically."""

from __future__ import annotations

import polars as pl

# Integers of up to this many bits are exact in a 64-bit float.
EXACT_IN_FLOAT = (pl.Int8, pl.Int16, pl.Int32, pl.UInt8, pl.UInt16, pl.UInt32)


def is_lossless(given: pl.DataType, wanted: pl.DataType) -> bool:
    """Whether a strict cast between the types either keeps every value or raises, as for a whole number that does not fit."""
    if given == wanted or given == pl.Null:
        return True
    if isinstance(given, pl.List) and isinstance(wanted, pl.List):
        return is_lossless(_inner(given), _inner(wanted))
    if given.is_integer():
        return wanted.is_integer() or (wanted == pl.Float64 and given in EXACT_IN_FLOAT)
    return (given, wanted) == (pl.Float32, pl.Float64) or (isinstance(given, pl.Categorical | pl.Enum) and wanted == pl.String)


def _inner(given: pl.List) -> pl.DataType:
    inner = given.inner
    return inner() if isinstance(inner, type) else inner

"""Constants that a fingerprint can take in as they are, and expressions written out whole."""

from __future__ import annotations

import datetime
import hashlib
import types
from pathlib import PurePath
from typing import Any

import polars as pl

from wrapped_assets.vocabulary.columns import Column

PRINTED = (
    pl.DataType, datetime.date, datetime.time, datetime.timedelta, datetime.tzinfo, PurePath, types.NoneType, types.EllipsisType,
)  # fmt: skip
# What a class may keep beside methods and count as a constant.
PLAIN = (bool, int, float, str, bytes, tuple, list, dict, set, frozenset, datetime.date, datetime.timedelta, pl.Expr, pl.DataType, Column)


def is_constant(value: Any) -> bool:
    """Whether a function may close over it."""
    return isinstance(value, (bool, int, float, str, bytes, tuple, frozenset, datetime.date, pl.Expr, Column)) or value is None


# How a written expression names a function of Python's: pickled, which does not tell what it does.
_PYTHON_INSIDE = (b"\xb1AnonymousFunction", b"\xacAnonymousAgg")


def written_expression(value: pl.Expr) -> str | None:
    """All that Polars keeps of an expression (what it prints leaves out options and long lists); None with Python inside."""
    try:
        written = value.meta.serialize()
    except pl.exceptions.PolarsError:
        return None
    return None if any(kind in written for kind in _PYTHON_INSIDE) else f"Expr({hashlib.blake2b(written, digest_size=16).hexdigest()})"

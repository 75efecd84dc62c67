"""Packs several columns into one integer per row, which sorts and compares many times faster."""

from __future__ import annotations

import numpy as np
import polars as pl

from wrapped_assets.acceleration import can_run, run
from wrapped_assets.kernels.inside.best import dense_codes, marked_smallest

MOST_IN_HEAPS = 8_000_000  # values, 64 MB


def ascending(values: pl.Series) -> np.ndarray:
    """Maps numbers, dates, instants or booleans without nulls to uint64 from 0 in the same order; equal values stay equal."""
    numbers = values.to_physical().to_numpy()
    if numbers.dtype.kind == "f":
        bits = np.where(np.isnan(numbers), np.nan, numbers.astype(np.float64)).view(np.int64)  # NaN, of whatever sign, stands last
        numbers = np.where(bits < 0, np.int64(-(2**63)) - bits, bits)  # the bits of negative floats sort in reverse; −0 becomes 0
    elif numbers.dtype == bool:
        numbers = numbers.astype(np.int64)
    if not len(numbers):
        return np.zeros(0, dtype=np.uint64)
    return numbers.astype(np.uint64, copy=False) - np.uint64(int(numbers.min()) & (2**64 - 1))


def group_codes(keys: pl.DataFrame) -> np.ndarray:
    """Numbers rows so that exactly equal keys have the same number; numbers are small enough to index counts."""
    codes = np.zeros(keys.height, dtype=np.uint64)
    for number, column in enumerate(keys.iter_columns()):
        found = _codes(column)
        codes = found if number == 0 else codes * np.uint64(int(found.max(initial=0)) + 1) + found
    return _dense(codes) if keys.width > 1 else codes


def _codes(column: pl.Series) -> np.ndarray:
    if column.dtype == pl.String:
        is_other = column.ne_missing(column.shift(1)).to_numpy().copy()
        is_other[:1] = True
        begins = np.flatnonzero(is_other)  # of runs of one text: of months there are few
        heads = column.gather(begins)
        codes = heads.cast(pl.Enum(heads.unique().drop_nulls())).to_physical().fill_null(2**31).to_numpy().astype(np.uint64)
        return np.repeat(codes, np.diff(begins, append=len(column)))
    return _dense(ascending(column) if column.dtype.is_float() else column.to_physical().to_numpy())  # whole numbers


def _dense(values: np.ndarray) -> np.ndarray:
    if not len(values):
        return values.astype(np.uint64)
    steps = values[1:] != values[:-1]
    if (values[1:] >= values[:-1]).all():  # already sorted, as cells are: compare neighbours
        return np.concatenate([[0], np.cumsum(steps)]).astype(np.uint64)
    if can_run(len(values)):
        return run(dense_codes, values.astype(np.int64)).view(np.uint64)
    return np.unique(values, return_inverse=True)[1].astype(np.uint64)


def smallest_of_group(groups: np.ndarray, values: np.ndarray, limit: int) -> np.ndarray:
    """Marks at least the `limit` smallest values of each group and all that equal the largest of these.

    `groups` and `values` are uint64. If both do not fit into 64 bits, the lowest bits of the values are ignored, which may mark more.
    """
    if can_run(len(groups)) and (int(groups.max(initial=0)) + 1) * limit <= MOST_IN_HEAPS:
        return run(marked_smallest, groups.view(np.int64), values, limit)
    group_bits, value_bits = (max(int(numbers.max(initial=0)).bit_length(), 1) for numbers in (groups, values))
    below = np.uint64(min(64 - group_bits, value_bits))
    packed = (groups << below) | (values >> np.uint64(max(group_bits + value_bits - 64, 0)))
    ordered = np.sort(packed)
    starts = np.flatnonzero(np.diff(ordered >> below, prepend=~np.uint64(0)))
    lasts = np.minimum(starts + limit, np.append(starts[1:], len(ordered))) - 1
    worst = np.zeros(int(groups.max(initial=0)) + 1, dtype=np.uint64)
    worst[ordered[starts] >> below] = ordered[lasts]
    return packed <= worst[groups]

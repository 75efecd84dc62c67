"""Computes content hashes of frames; equal values give the same 128 bits on every run and machine.

Every part is written with a tag for its kind and, if its length varies, with its length. Therefore two different columns never feed
the same bytes. docs/recompute.md states the rules.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import polars as pl
import xxhash

from wrapped_assets.kernels.versions import SCHEME, Part, combined, written

_SLICE_ROWS = 1_000_000  # bounds the copy of texts and bytes


def column_hash(values: pl.Series) -> str:
    """Hashes a column's type, length, nulls and values in order; 32 hex digits.

    Two columns have the same hash exactly if Polars calls them equal, with nulls and type, and zeros have the same sign (1 / -0.0 is not
    1 / 0.0). The memory layout does not matter. TypeError for types whose values Polars does not hold itself.
    """
    state = xxhash.xxh3_128()
    _put(state, b"scheme", str(SCHEME).encode())
    _feed(state, values)
    return state.hexdigest()


def frame_hashes(frame: pl.DataFrame) -> dict[str, str]:
    """Returns the hash of each column, in column order."""
    return {series.name: column_hash(series) for series in frame.iter_columns()}


def digests(values: Iterable[Part]) -> np.ndarray:
    """Returns the `combined` hash of each value as a row of 16 uint8."""
    found: dict[Part, bytes] = {}
    rows = []
    for value in values:
        if value not in found:
            found[value] = bytes.fromhex(combined(value))
        rows.append(found[value])
    return np.frombuffer(b"".join(rows), dtype=np.uint8).reshape(-1, 16)


def _put(state: xxhash.xxh3_128, tag: bytes, content: bytes | memoryview) -> None:
    """Feeds a part with its tag and lengths, without copying its content."""
    state.update(tag + b"\n" + len(content).to_bytes(8, "little"))
    state.update(content)


def _feed(state: xxhash.xxh3_128, values: pl.Series) -> None:
    """Feeds type, length and nulls, then the values that are not null; the memory under a null does not count."""
    dtype = values.dtype
    kind = type(dtype)
    _put(state, b"type", _PLAIN.get(kind) or _type_text(dtype))
    _put(state, b"length", len(values).to_bytes(8, "little"))
    if kind is pl.Null:
        return
    if nulls := values.null_count():
        is_null = np.ones(nulls, dtype=bool) if nulls == len(values) else values.is_null()
        _put(state, b"nulls", np.packbits(np.asarray(is_null)).tobytes())
        values = values.clear() if nulls == len(values) else values.filter(~is_null)
    if kind in _NUMBERS:
        _put(state, b"values", _buffer(values))
    elif kind in (pl.String, pl.Binary):
        _feed_bytes(state, values)
    elif kind is pl.Boolean:
        _put(state, b"bits", np.packbits(values.to_numpy()).tobytes())
    elif kind in _FLOATS:
        numbers = values.to_numpy()
        _put(state, b"values", _buffer(values.fill_nan(float("nan")) if np.isnan(numbers).any() else values))  # all NaNs are equal
    elif kind is pl.List and not len(values):
        _put(state, b"lengths", b"")
        _feed(state, pl.Series(dtype=dtype.inner))
    elif kind is pl.List:
        lengths = values.list.len()
        _put(state, b"lengths", _buffer(lengths))
        _feed(state, values.filter(lengths > 0).explode())
    elif kind is pl.Array:
        _feed(state, (values if dtype.size else values.clear()).arr.to_list().explode())
    elif kind is pl.Struct:
        for field in dtype.fields:
            _feed(state, values.struct.field(field.name))
    elif isinstance(dtype, pl.BaseExtension):
        _feed(state, values.ext.storage())
    elif kind is pl.Map:
        _feed(state, values.to_physical())
    elif kind is pl.Categorical:
        _feed_bytes(state, values.cast(pl.String))  # a categorical's codes depend on what the process saw before
    elif kind in (pl.Int128, pl.UInt128, pl.Decimal):
        _feed_bytes(state, values.to_physical().cast(pl.String))  # NumPy has no 128-bit integers
    elif kind is pl.Date:
        _put(state, b"values", values.to_numpy().astype(np.int32).view(np.uint8).data)  # days since 1970, as Polars holds them
    elif kind is pl.Datetime:
        _put(state, b"values", _buffer(values))  # ticks since 1970 in UTC
    else:
        _put(state, b"values", _buffer(values.to_physical()))


def _feed_bytes(state: xxhash.xxh3_128, values: pl.Series) -> None:
    """Feeds the length of each text or bytes value, then all contents."""
    for start in range(0, len(values), _SLICE_ROWS):
        part = values[start : start + _SLICE_ROWS]
        array = part.rechunk().to_arrow()
        offsets = np.frombuffer(array.buffers()[1], dtype=np.int64)[array.offset : array.offset + len(part) + 1]
        _put(state, b"lengths", np.diff(offsets).astype(np.uint32).view(np.uint8).data)
        _put(state, b"bytes", memoryview(array.buffers()[2] or b"")[offsets[0] : offsets[-1]])


def _buffer(values: pl.Series) -> memoryview:
    """Returns the values as one contiguous buffer."""
    return np.ascontiguousarray(values.to_numpy()).view(np.uint8).data


def _type_text(dtype: pl.DataType) -> bytes:
    return written(_described(dtype)).encode("utf-8", "surrogatepass")


def _described(dtype: pl.DataType) -> Part:
    """Describes all of a type that Polars compares. TypeError for an unknown type."""
    match dtype:
        case pl.List():
            return ("List", _described(dtype.inner))
        case pl.Array():
            return ("Array", dtype.size, _described(dtype.inner))
        case pl.Struct():
            return ("Struct", tuple((field.name, _described(field.dtype)) for field in dtype.fields))
        case pl.Map():
            return ("Map", _described(dtype.key), _described(dtype.value))
        case pl.BaseExtension():
            return ("Extension", dtype.ext_name(), dtype.ext_metadata(), _described(dtype.ext_storage()))
        case pl.Enum():
            return ("Enum", tuple(dtype.categories.to_list()))
        case pl.Categorical():
            categories = dtype.categories
            return ("Categorical", categories.name(), categories.namespace(), str(categories.physical()))
        case pl.Datetime():
            return ("Datetime", dtype.time_unit, dtype.time_zone)
        case pl.Duration():
            return ("Duration", dtype.time_unit)
        case pl.Decimal():
            return ("Decimal", dtype.precision, dtype.scale)
    if type(dtype) in _PLAIN:
        return type(dtype).__name__
    raise TypeError(f"a column of type {dtype} has no content hash: give it a type of Polars' own values")


_FLOATS = frozenset({pl.Float16, pl.Float32, pl.Float64})
_NUMBERS = frozenset({pl.Int8, pl.Int16, pl.Int32, pl.Int64, pl.UInt8, pl.UInt16, pl.UInt32, pl.UInt64})
_OTHERS = frozenset({pl.Null, pl.Boolean, pl.String, pl.Binary, pl.Date, pl.Time, pl.Int128, pl.UInt128})
_PLAIN = {kind: written(kind.__name__).encode() for kind in _FLOATS | _NUMBERS | _OTHERS}  # types that are all of one kind

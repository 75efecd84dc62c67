"""Computes content hashes of frames; equal values give the same 128 bits on every run and machine.

Every part is written with a tag for its kind and, if its length varies, with its length. Therefore two different columns never feed
the same bytes. docs/recompute.md states the rules.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

import numpy as np
import polars as pl
import xxhash

from wrapped_assets.kernels.versions import SCHEME, Part, combined, written

_FEW_ROWS = 10_000  # whose parts are hashed by one call
_FEW_TEXTS = 2_000  # which are hashed without Arrow: it takes a thirtieth of the time for a text, but 20 ms to load
_SLICE_ROWS = 1_000_000  # bounds the copy of texts and bytes


_of_none: dict[bytes, str] = {}
Take = Callable[[bytes | memoryview], object]  # of a hash, or of a list of its parts


def column_hash(values: pl.Series) -> str:
    """Hashes a column's type, length, nulls and values in order; 32 hex digits.

    Two columns have the same hash exactly if Polars calls them equal, with nulls and type, and zeros have the same sign (1 / -0.0 is not
    1 / 0.0). The memory layout does not matter. TypeError for types whose values Polars does not hold itself.
    """
    if len(values) <= _FEW_ROWS:
        parts: list[bytes | memoryview] = []
        _put(parts.append, b"scheme", str(SCHEME).encode())
        _feed(parts.append, values)
        return xxhash.xxh3_128_hexdigest(b"".join(parts))
    state = xxhash.xxh3_128()
    _put(state.update, b"scheme", str(SCHEME).encode())
    _feed(state.update, values)
    return state.hexdigest()


def frame_hashes(frame: pl.DataFrame) -> dict[str, str]:
    """Returns the hash of each column, in column order."""
    if not frame.height:  # as a third of the cells of a small root are
        return {name: _hash_of_none(_PLAIN.get(type(dtype)) or _type_text(dtype), dtype) for name, dtype in frame.schema.items()}
    return {series.name: column_hash(series) for series in frame.iter_columns()}


def _hash_of_none(said: bytes, dtype: pl.DataType) -> str:
    """The hash of an empty column of a type, which `said` says in full: types that Polars calls equal may differ."""
    if said not in _of_none:
        _of_none[said] = column_hash(pl.Series(dtype=dtype))
    return _of_none[said]


def digests(values: Iterable[Part]) -> np.ndarray:
    """Returns the `combined` hash of each value as a row of 16 uint8."""
    found: dict[Part, bytes] = {}
    rows = []
    for value in values:
        if value not in found:
            found[value] = bytes.fromhex(combined(value))
        rows.append(found[value])
    return np.frombuffer(b"".join(rows), dtype=np.uint8).reshape(-1, 16)


def _put(take: Take, tag: bytes, content: bytes | memoryview) -> None:
    """Feeds a part with its tag and lengths, without copying its content."""
    take(tag + b"\n" + len(content).to_bytes(8, "little"))
    take(content)


def _feed(take: Take, values: pl.Series) -> None:
    """Feeds type, length and nulls, then the values that are not null; the memory under a null does not count."""
    dtype = values.dtype
    kind = type(dtype)
    _put(take, b"type", _PLAIN.get(kind) or _type_text(dtype))
    _put(take, b"length", len(values).to_bytes(8, "little"))
    if kind is pl.Null:
        return
    if nulls := values.null_count():
        is_null = np.ones(nulls, dtype=bool) if nulls == len(values) else _nulls(values)
        _put(take, b"nulls", np.packbits(is_null).tobytes())
        values = values.clear() if nulls == len(values) else values.filter(pl.Series(~is_null))
    if kind in _NUMBERS:
        _put(take, b"values", _buffer(values))
    elif kind in (pl.String, pl.Binary):
        _feed_bytes(take, values)
    elif kind is pl.Boolean:
        _put(take, b"bits", np.packbits(values.to_numpy()).tobytes())
    elif kind in _FLOATS:
        numbers = values.to_numpy()
        _put(take, b"values", _buffer(values.fill_nan(float("nan")) if np.isnan(numbers).any() else values))  # all NaNs are equal
    elif kind is pl.List and not len(values):
        _put(take, b"lengths", b"")
        _feed(take, pl.Series(dtype=dtype.inner))
    elif kind is pl.List:
        lengths = values.list.len()
        _put(take, b"lengths", _buffer(lengths))
        _feed(take, values.filter(lengths > 0).explode())
    elif kind is pl.Array:
        _feed(take, (values if dtype.size else values.clear()).arr.to_list().explode())
    elif kind is pl.Struct:
        for field in dtype.fields:
            _feed(take, values.struct.field(field.name))
    elif isinstance(dtype, pl.BaseExtension):
        _feed(take, values.ext.storage())
    elif kind is pl.Map:
        _feed(take, values.to_physical())
    elif kind is pl.Categorical:
        _feed_bytes(take, values.cast(pl.String))  # a categorical's codes depend on what the process saw before
    elif kind in (pl.Int128, pl.UInt128, pl.Decimal):
        _feed_bytes(take, values.to_physical().cast(pl.String))  # NumPy has no 128-bit integers
    elif kind is pl.Date:
        _put(take, b"values", values.to_numpy().astype(np.int32).view(np.uint8).data)  # days since 1970, as Polars holds them
    elif kind is pl.Datetime:
        _put(take, b"values", _buffer(values))  # ticks since 1970 in UTC
    else:
        _put(take, b"values", _buffer(values.to_physical()))


def _nulls(values: pl.Series) -> np.ndarray:
    """Which values are null. For whole numbers and times NumPy has a mark of its own, and says so in a fiftieth of the time of a query."""
    if type(values.dtype) in _NUMBERS:
        return np.isnan(values.to_numpy())
    if type(values.dtype) in (pl.Date, pl.Datetime):
        return np.isnat(values.to_numpy())
    return np.asarray(values.is_null())


def _feed_bytes(take: Take, values: pl.Series) -> None:
    """Feeds the length of each text or bytes value, then all contents."""
    if 0 < len(values) <= _FEW_TEXTS:
        contents = values.to_list()
        texts = contents if values.dtype == pl.Binary else _encoded(contents)
        _put(take, b"lengths", np.fromiter(map(len, texts), np.uint32, len(texts)).view(np.uint8).data)
        _put(take, b"bytes", b"".join(texts) if isinstance(texts[0], bytes) else "".join(texts).encode())
        return
    for start in range(0, len(values), _SLICE_ROWS):
        part = values[start : start + _SLICE_ROWS]
        array = part.rechunk().to_arrow()
        offsets = np.frombuffer(array.buffers()[1], dtype=np.int64)[array.offset : array.offset + len(part) + 1]
        _put(take, b"lengths", np.diff(offsets).astype(np.uint32).view(np.uint8).data)
        _put(take, b"bytes", memoryview(array.buffers()[2] or b"")[offsets[0] : offsets[-1]])


def _encoded(texts: list[str]) -> list[str] | list[bytes]:
    """The texts as UTF-8, or as they are where each of their characters is one byte of it: most are, and joining them first is faster."""
    return texts if "".join(texts).isascii() else [each.encode() for each in texts]


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

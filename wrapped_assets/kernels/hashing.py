"""Content hashes of frames: the same values give the same 128 bits, on every run and machine."""

from __future__ import annotations

import hashlib

import numpy as np
import polars as pl
import xxhash

_TEXT_ROWS = 1_000_000  # joined at once: bounds the copy


def column_hash(values: pl.Series) -> str:
    """Hash of a column's values in their order, of its type and of its nulls; 32 hex digits."""
    state = xxhash.xxh3_128(f"{values.dtype}|{len(values)}".encode())
    _feed(state, values)
    return state.hexdigest()


def _feed(state: xxhash.xxh3_128, values: pl.Series) -> None:
    if nulls := values.null_count():
        if nulls == len(values):
            state.update(b"null")
            return
        state.update(np.packbits(values.is_null().to_numpy()).tobytes())
        values = values.drop_nulls()
    dtype = values.dtype
    if isinstance(dtype, pl.List):
        lengths = values.list.len()
        state.update(lengths.to_numpy().tobytes())
        _feed(state, values.filter(lengths > 0).explode())
    elif dtype == pl.String:
        state.update(values.str.len_bytes().to_numpy().tobytes())
        for start in range(0, len(values), _TEXT_ROWS):
            state.update(values[start : start + _TEXT_ROWS].str.join("").item().encode())
    elif dtype == pl.Boolean:
        state.update(np.packbits(values.to_numpy()).tobytes())
    else:
        state.update(np.ascontiguousarray(values.to_numpy()).view(np.uint8).data)  # without a copy, instants and days as whole numbers


def frame_hashes(frame: pl.DataFrame) -> dict[str, str]:
    """One hash per column, in column order."""
    return {series.name: column_hash(series) for series in frame.iter_columns()}


def combined(*parts: str) -> str:
    """One hash over ordered texts; 32 hex digits."""
    state = hashlib.blake2b(digest_size=16)
    for part in parts:
        encoded = part.encode()
        state.update(len(encoded).to_bytes(8, "little") + encoded)
    return state.hexdigest()

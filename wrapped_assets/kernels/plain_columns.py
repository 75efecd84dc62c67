"""Hashes a column of whole numbers without Polars: for commands that read a few rows and would load it for nothing else."""

from __future__ import annotations

from array import array
from collections.abc import Iterable

import xxhash

from wrapped_assets.kernels.versions import SCHEME, written


def whole_numbers_hash(values: Iterable[int]) -> str:
    """What `hashing.column_hash` gives for these values as Int64, none of them null."""
    numbers = array("q", values)
    state = xxhash.xxh3_128()
    for tag, content in (
        (b"scheme", str(SCHEME).encode()),
        (b"type", written("Int64").encode()),
        (b"length", len(numbers).to_bytes(8, "little")),
        (b"values", numbers.tobytes()),
    ):
        state.update(tag + b"\n" + len(content).to_bytes(8, "little"))
        state.update(content)
    return state.hexdigest()

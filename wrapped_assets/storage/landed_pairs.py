"""Which file of tracks belongs to a file of plays: the one with exactly its variants, which other files of plays may share."""

from __future__ import annotations

import numpy as np
import polars as pl

from wrapped_assets.storage.chunks import Chunk
from wrapped_assets.storage.root import Root
from wrapped_assets.storage.verified import intact


def read_chunk(root: Root, chunk: Chunk, *columns: str) -> pl.DataFrame:
    """Some columns of a landed file, or all. DamagedFileError rather than a damaged row that is written anew as if it were whole."""
    return pl.read_parquet(intact(root, [chunk.path]), columns=list(columns) or None)


def variants_of(rows: pl.DataFrame) -> bytes:
    """The variants in some rows, each once."""
    return np.unique(rows["variant_id"].to_numpy()).tobytes()


def tracks_by_variants(root: Root, chunks: list[Chunk]) -> dict[bytes, list[Chunk]]:
    """Files of tracks by the variants that they have. Where several have the same, they differ in which rows are near a month's end."""
    found: dict[bytes, list[Chunk]] = {}
    for chunk in chunks:
        found.setdefault(variants_of(read_chunk(root, chunk, "variant_id")), []).append(chunk)
    return found

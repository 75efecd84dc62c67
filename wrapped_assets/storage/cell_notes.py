"""The note inside of a cell's file, which says whose rows it holds."""

from __future__ import annotations

from pathlib import Path

import orjson

from wrapped_assets.storage.cell_paths import is_path_of
from wrapped_assets.vocabulary.periods import Cell

NOTE = "wrapped_assets"  # its name in the file's metadata


def is_of(place: Path, path: str, cell: Cell, data_version: str | None = None) -> bool:
    """Whether a file is this cell's, by its path below the data root and by the note in it, read at `place`.

    Where a version is given, it must have these rows, too.
    """
    written = path.rpartition("-")[2].removesuffix(".parquet")
    if not is_path_of(path, cell, data_version or written):
        return False
    import polars as pl  # a tenth of a second that only those who read files need

    try:
        note = orjson.loads(pl.read_parquet_metadata(place)[NOTE])
        asset, partition, version = note["asset"], note["partition"], note["data_version"]
    except (OSError, pl.exceptions.PolarsError, KeyError, TypeError, ValueError):
        return False
    return (asset, partition, version[:16]) == (cell.asset, cell.partition, written) and data_version in (None, version)

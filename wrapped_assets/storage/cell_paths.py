"""Where the file of a cell lies."""

from __future__ import annotations

from wrapped_assets.vocabulary.periods import Cell


def path_of(cell: Cell, data_version: str) -> str:
    """Where the file of a cell with these rows lies, below the data root."""
    layer, name = cell.asset.split("/")
    stem = "all" if cell.bucket is None else f"b{cell.bucket:03d}"
    return f"lake/{layer}/{name}/{cell.period}/{stem}-{data_version[:16]}.parquet"

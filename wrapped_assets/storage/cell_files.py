"""The file of a cell: its path, the metadata that identifies it, and how it is written."""

from __future__ import annotations

from dataclasses import dataclass

import orjson
import polars as pl

from wrapped_assets.contracts.stored_cell import StoredCell
from wrapped_assets.kernels.hashing import frame_hashes
from wrapped_assets.kernels.versions import rows_version
from wrapped_assets.storage.cell_paths import path_of
from wrapped_assets.storage.files import write_parquet
from wrapped_assets.storage.later import sa, tables
from wrapped_assets.storage.root import Root
from wrapped_assets.storage.whole_files import is_intact
from wrapped_assets.vocabulary.periods import Cell

_NOTE = "wrapped_assets"


@dataclass(frozen=True)
class Written:
    """What is recorded of a cell's file."""

    path: str  # below the data root
    data_version: str
    column_hashes: dict[str, str]
    byte_count: int
    file_hash: str
    is_new: bool = True  # False: the file was there, with the bytes that were recorded of it


def write_cell(root: Root, cell: Cell, frame: pl.DataFrame, known: StoredCell | None = None) -> Written:
    """Writes a cell's rows, unless they are there.

    A file that some manifest or published edition names stays as it is, byte by byte, as long as it is intact: another release of a
    library may write other bytes for the same rows. `known` is what the manifest says of the cell, which saves asking it.
    """
    hashes = frame_hashes(frame)
    version = rows_version(frame.height, hashes)
    path = path_of(cell, version)
    place = root.path / path
    if place.exists():
        if known is not None and known.path == path and is_intact(place, known.file_hash):
            return Written(path, version, hashes, known.byte_count, known.file_hash, is_new=False)
        for digest in sorted(recorded_hashes(root, path)):
            if is_intact(place, digest):
                return Written(path, version, hashes, place.stat().st_size, digest, is_new=False)
    note = {"asset": cell.asset, "partition": cell.partition, "data_version": version, "column_hashes": hashes}
    size, digest = write_parquet(frame, place, {_NOTE: orjson.dumps(note).decode()})
    return Written(path, version, hashes, size, digest)


def recorded_hashes(root: Root, path: str) -> set[str]:
    """The hashes of bytes that any row names for a path."""
    found: set[str] = set()
    with root.engine.connect() as connection:
        for table in (tables.cells, tables.publication_cells):
            query = sa.select(table.c.file_hash).where(table.c.path == path, table.c.file_hash.is_not(None))
            found.update(connection.execute(query).scalars())
    return found


def is_of(root: Root, path: str, cell: Cell, data_version: str | None = None) -> bool:
    """Whether a file is this cell's, by its name and by the note in it; and has these rows, where a version is given."""
    written = path.rpartition("-")[2].removesuffix(".parquet")
    if path != path_of(cell, data_version or written):
        return False
    try:
        note = orjson.loads(pl.read_parquet_metadata(root.path / path)[_NOTE])
        asset, partition, version = note["asset"], note["partition"], note["data_version"]
    except (OSError, pl.exceptions.PolarsError, KeyError, TypeError, ValueError):
        return False
    return (asset, partition, version[:16]) == (cell.asset, cell.partition, written) and data_version in (None, version)

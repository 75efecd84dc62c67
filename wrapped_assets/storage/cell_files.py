"""The file of a cell: its path, the metadata that identifies it, and how it is written."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import orjson
import polars as pl

from wrapped_assets.contracts.stored_cell import StoredCell
from wrapped_assets.kernels.hashing import frame_hashes
from wrapped_assets.kernels.versions import rows_version
from wrapped_assets.storage.cell_paths import path_of
from wrapped_assets.storage.frame_files import FrameFile, write_frames
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


@dataclass(frozen=True)
class CellRows:
    """The rows of a cell with their hashes, and what the manifest says of the cell, which saves asking it."""

    cell: Cell
    frame: pl.DataFrame
    column_hashes: dict[str, str]
    data_version: str
    known: StoredCell | None = None

    @classmethod
    def of(cls, cell: Cell, frame: pl.DataFrame, known: StoredCell | None = None) -> CellRows:
        hashes = frame_hashes(frame)
        return cls(cell, frame, hashes, rows_version(frame.height, hashes), known)

    @property
    def path(self) -> str:
        """Where the file lies, below the data root."""
        return path_of(self.cell, self.data_version)


def write_cell(root: Root, cell: Cell, frame: pl.DataFrame) -> Written:
    """Writes one cell's rows; see `write_cells`."""
    (written,) = write_cells(root, [CellRows.of(cell, frame)])
    return written


def write_cells(root: Root, wanted: Sequence[CellRows]) -> list[Written]:
    """Writes the rows of cells, unless they are there.

    A file that some manifest or published edition names stays as it is, byte by byte, as long as it is intact: another release of a
    library may write other bytes for the same rows.
    """
    there = {each.path: kept for each in wanted if (kept := _kept(root, each))}
    new = [each for each in wanted if each.path not in there]
    made = write_frames([FrameFile(each.frame, root.path / each.path, {_NOTE: _note(each)}) for each in new])
    for each, (size, digest) in zip(new, made, strict=True):
        there[each.path] = Written(each.path, each.data_version, each.column_hashes, size, digest)
    return [there[each.path] for each in wanted]


def _kept(root: Root, rows: CellRows) -> Written | None:
    """The file that is there, if some row names its bytes."""
    path, known = rows.path, rows.known
    place = root.path / path
    if place.exists():
        if known is not None and known.path == path and is_intact(place, known.file_hash):
            return Written(path, rows.data_version, rows.column_hashes, known.byte_count, known.file_hash, is_new=False)
        for digest in sorted(recorded_hashes(root, path)):
            if is_intact(place, digest):
                return Written(path, rows.data_version, rows.column_hashes, place.stat().st_size, digest, is_new=False)
    return None


def _note(rows: CellRows) -> str:
    cell = rows.cell
    about = {"asset": cell.asset, "partition": cell.partition, "data_version": rows.data_version, "column_hashes": rows.column_hashes}
    return orjson.dumps(about).decode()


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

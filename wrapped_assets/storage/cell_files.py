"""The file of a cell: its path, the metadata that identifies it, and how it is written."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

import orjson
import polars as pl

from wrapped_assets.contracts.stored_cell import StoredCell
from wrapped_assets.kernels.hashing import frame_hashes
from wrapped_assets.kernels.versions import rows_version
from wrapped_assets.storage.cell_notes import NOTE
from wrapped_assets.storage.cell_paths import is_path_of, path_beside, path_of
from wrapped_assets.storage.later import sa, tables
from wrapped_assets.storage.root import Root
from wrapped_assets.storage.stored_files import NewFile, Transaction
from wrapped_assets.vocabulary.periods import Cell


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
    """The rows of a cell with their hashes, what the manifest says of the cell, and whether that was made by other code."""

    cell: Cell
    frame: pl.DataFrame
    column_hashes: dict[str, str]
    data_version: str
    known: StoredCell | None = None
    is_other_code: bool = False

    @classmethod
    def of(cls, cell: Cell, frame: pl.DataFrame, known: StoredCell | None = None, *, is_other_code: bool = False) -> CellRows:
        hashes = frame_hashes(frame)
        return cls(cell, frame, hashes, rows_version(frame.height, hashes), known, is_other_code)

    @property
    def path(self) -> str:
        """Where the file lies, below the data root."""
        return path_of(self.cell, self.data_version)


def write_cell(root: Root, cell: Cell, frame: pl.DataFrame) -> Written:
    """Writes one cell's rows; see `write_cells`."""
    (written,) = write_cells(root, [CellRows.of(cell, frame)])
    return written


def write_cells(root: Root, wanted: Sequence[CellRows], transaction: Transaction | None = None) -> list[Written]:
    """Writes the rows of cells, unless they are there.

    A file that some manifest or published edition names stays as it is, byte by byte, as long as it is intact. Rows that other code
    computed or wrote the last time are written all the same; where that gives other bytes, they get a file of their own beside the old.
    `transaction` as in `StoredFiles.write`.
    """
    root.files.renew([path for each in wanted for path in (each.path, each.known.path if each.known else "") if path])
    held = root.files.held([each.path for each in wanted])
    there = {each.path: list(islice(_there(root, each, held), None if each.is_other_code else 1)) for each in wanted}
    rewritten = [each for each in wanted if each.is_other_code or not there[each.path]]
    new = [(each, path_beside(each.path) if any(kept.path == each.path for kept in there[each.path]) else each.path) for each in rewritten]
    made = root.files.write([NewFile(each.frame, path, {NOTE: _note(each)}) for each, path in new], transaction)
    for (each, _), (path, size, digest) in zip(new, made, strict=True):
        same = [kept for kept in there[each.path] if kept.file_hash == digest]
        if same:
            root.files.remove([path])
        there[each.path] = same or [Written(path, each.data_version, each.column_hashes, size, digest)]
    return [there[each.path][0] for each in wanted]


def _there(root: Root, rows: CellRows, held: Collection[str]) -> Iterator[Written]:
    """The files with these rows that are there with the bytes that some row names: the manifest's own first."""
    known = rows.known
    if known is not None and is_path_of(known.path, rows.cell, rows.data_version) and root.files.intact(known.path, {known.file_hash}):
        yield Written(known.path, rows.data_version, rows.column_hashes, known.byte_count, known.file_hash, is_new=False)
    for digest in sorted(recorded_hashes(root, rows.path)) if rows.path in held else ():
        if place := root.files.intact(rows.path, {digest}):
            yield Written(rows.path, rows.data_version, rows.column_hashes, place.stat().st_size, digest, is_new=False)


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

"""Finds rows of a large table of the catalogue by ids, and looks at no other rows.

A table is ordered by `known_key`, so rows that are wanted together lie anywhere in it, and reading few means unpacking all. Each machine
therefore keeps two kinds of files beside it, which are made when they are first needed and anew where they are damaged:
`STEM-rows-HASH.arrow` has the rows unpacked, so that any one can be read alone, and `STEM-COLUMN-HASH.ids` has the ids of a column in
order, then the row of each. Both are mapped into memory, and given back after each look, so memory does not grow with the table.
"""

from __future__ import annotations

import mmap
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from wrapped_assets.kernels.rows_by_id import Scanned
from wrapped_assets.storage.catalogues import CatalogueFile, paths_told_by
from wrapped_assets.storage.root import Root
from wrapped_assets.storage.whole_files import PART, file_hash, is_intact, make_folders, traces, whole_file

if TYPE_CHECKING:
    import pyarrow as pa

LOOKUPS = "catalogue/lookups"
ROWS_LOOKED_UP = 100_000  # of a table: of a smaller one all rows are read
ROWS_PER_BATCH = 131_072
IDS_PER_RANGE = 4_000_000  # ordered at once: some 200 MB
IDS_PER_LOOK = 16_384  # searched, and rows read, before memory is given back
_ID, _ROW = np.dtype("<i8"), np.dtype("<u4")
_IDS = 2**63  # so many there are
_MARK = b"\n"  # ends a file of ids, for no empty file can be mapped


@dataclass(frozen=True)
class _Opened:
    """A file, what changes with its bytes, and its bytes."""

    path: Path
    traces: list[int]
    mapped: mmap.mmap


@dataclass
class Lookup:
    """`RowsById` of one table of a catalogue, which lies at `place`.

    Where a file beside it cannot be made, all rows are looked at, and this process does not try again: that would fill a full disk.
    """

    root: Root
    file: CatalogueFile
    place: Path
    schema: Mapping[str, pl.DataType]
    _opened: dict[str, _Opened] = field(default_factory=dict, repr=False)
    _not_made: set[str] = field(default_factory=set, repr=False)

    def rows(self, wanted: Mapping[str, pl.Series], columns: Iterable[str]) -> pl.DataFrame:
        names = list(columns)
        try:
            found = [self._places(name, ids) for name, ids in wanted.items()]
            return self._read(np.unique(np.concatenate([np.empty(0, _ROW), *found])), names)
        except OSError:
            return Scanned(pl.scan_parquet(self.place)).rows(wanted, names)

    def present(self, column: str, ids: pl.Series) -> pl.Series:
        wanted = _sorted(ids)
        try:
            first, last = self._bounds(column, wanted)
        except OSError:
            return Scanned(pl.scan_parquet(self.place)).present(column, ids)
        return pl.Series(ids.name, wanted[first < last], dtype=pl.Int64)

    def _places(self, column: str, ids: pl.Series) -> np.ndarray:
        first, last = self._bounds(column, _sorted(ids))
        counts = last - first
        at = np.repeat(last - np.cumsum(counts), counts) + np.arange(int(counts.sum()))
        return self._ids(column)[1][at]

    def _bounds(self, column: str, wanted: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """The first place of each id among the column's, and the one behind its last."""
        mapped = self._mapped(column)
        ids = self._ids(column)[0]
        first, last = (np.empty(len(wanted), dtype=np.int64) for _ in range(2))
        for begin in range(0, len(wanted), IDS_PER_LOOK):
            some = slice(begin, begin + IDS_PER_LOOK)
            first[some] = np.searchsorted(ids, wanted[some], side="left")
            last[some] = np.searchsorted(ids, wanted[some], side="right")
            _give_back(mapped)
        return first, last

    def _ids(self, column: str) -> tuple[np.ndarray, np.ndarray]:
        mapped = self._mapped(column)
        count = (len(mapped) - len(_MARK)) // (_ID.itemsize + _ROW.itemsize)
        rows = np.frombuffer(mapped, _ROW, count, offset=count * _ID.itemsize)
        return np.frombuffer(mapped, _ID, count), rows

    def _read(self, places: np.ndarray, columns: list[str]) -> pl.DataFrame:
        import pyarrow as pa

        schema = {name: self.schema[name] for name in columns}
        if not len(places):
            return pl.DataFrame(schema=schema)
        mapped, parts = self._mapped(""), []
        batches = pa.ipc.open_file(pa.py_buffer(mapped))
        numbers = [batches.schema.get_field_index(name) for name in columns]
        for number in np.unique(places // ROWS_PER_BATCH):
            first, last = np.searchsorted(places, [number * ROWS_PER_BATCH, (number + 1) * ROWS_PER_BATCH])
            batch: pa.RecordBatch = batches.get_batch(int(number)).select(numbers)
            parts.append(batch.take(pa.array(places[first:last] - number * ROWS_PER_BATCH)))
            _give_back(mapped)
        found = pl.DataFrame(pl.from_arrow(pa.Table.from_batches(parts)))
        return found.select(pl.col(name).cast(dtype) for name, dtype in schema.items())

    def _mapped(self, column: str) -> mmap.mmap:
        """The ids of a column, or the rows for none, as a file that was compared with the hash in its name."""
        known = self._opened.get(column)
        if known is None or known.traces != traces(known.path):
            path = self._intact(column) or self._tried(column)
            with path.open("rb") as file:
                known = _Opened(path, traces(path), mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ))
            self._opened[column] = known
        return known.mapped

    @property
    def _stem(self) -> str:
        return Path(self.file.path).stem

    def _name(self, column: str) -> tuple[str, str]:
        """How the name of the file of a column, or of the rows for none, begins and ends."""
        return (f"{self._stem}-{column}-", ".ids") if column else (f"{self._stem}-rows-", ".arrow")

    def _intact(self, column: str) -> Path | None:
        start, end = self._name(column)
        return next(filter(is_whole, sorted((self.root.path / LOOKUPS).glob(f"{start}*{end}"))), None)

    def _tried(self, column: str) -> Path:
        if column in self._not_made:
            raise OSError("the file could not be made before")
        try:
            return self._made(column)
        except OSError:
            self._not_made.add(column)
            raise

    def _made(self, column: str) -> Path:
        folder = self.root.path / LOOKUPS
        with self.root.lock("lookups"):
            if (path := self._intact(column)) is not None:  # another process made it meanwhile
                return path
            make_folders([folder])
            start, end = self._name(column)
            for old in [*folder.glob(f".*{PART}"), *folder.glob(f"{start}*{end}"), *self._of_others(folder)]:
                old.unlink(missing_ok=True)
            waiting = folder / f"{start}{end}"
            with whole_file(waiting, syncs=False) as temporary:  # a loss of power is found by the hash
                if column:
                    self._write_ids(column, temporary)
                else:
                    self._write_rows(temporary)
                digest = file_hash(temporary)
            return waiting.replace(folder / f"{start}{digest}{end}")

    def _of_others(self, folder: Path) -> Iterable[Path]:
        """The files of versions of the table that no edition is told by any more."""
        kept = {self._stem, *(Path(path).stem for path in paths_told_by(self.root))}
        table = self._stem.partition("-")[0]
        return (path for path in folder.glob(f"{table}-*") if "-".join(path.name.split("-")[:2]) not in kept)

    def _write_rows(self, path: Path) -> None:
        import pyarrow as pa
        import pyarrow.parquet as pq

        with pq.ParquetFile(self.place) as table:
            schema = pa.schema([pa.field(name, _compact(table.schema_arrow.field(name).type)) for name in self.schema])
            with pa.OSFile(str(path), "wb") as file, pa.ipc.new_file(file, schema) as writer:
                waiting = pa.table({name: [] for name in schema.names}, schema=schema)
                for group in range(table.num_row_groups):
                    waiting = pa.concat_tables([waiting, table.read_row_group(group, columns=list(self.schema)).cast(schema)])
                    is_last = group == table.num_row_groups - 1
                    while waiting.num_rows >= ROWS_PER_BATCH or (is_last and waiting.num_rows):
                        writer.write_batch(waiting.slice(0, ROWS_PER_BATCH).combine_chunks().to_batches()[0])
                        waiting = waiting.slice(ROWS_PER_BATCH)

    def _write_ids(self, column: str, path: Path) -> None:
        """Writes the ids in order, a range of them at a time, and the rows behind them; rows without an id are left out."""
        table = pl.scan_parquet(self.place).select(_id=column).with_row_index("_row").drop_nulls()
        count = table.select(pl.len()).collect(engine="streaming").item()
        ranges = max(1, -(-count // IDS_PER_RANGE))
        with path.open("r+b") as ids, path.open("r+b") as rows:
            rows.seek(count * _ID.itemsize)
            for number in range(ranges):
                low, high = (_IDS * step // ranges for step in (number, number + 1))
                within = pl.col("_id").is_between(low if number else -_IDS, high - 1)
                found = table.filter(within).sort("_id", "_row").collect(engine="streaming")
                ids.write(found["_id"].to_numpy().astype(_ID))
                rows.write(found["_row"].to_numpy().astype(_ROW))
            rows.write(_MARK)


def _compact(kind: pa.DataType) -> pa.DataType:
    """The type with offsets of half as many bytes, which suffice for a batch."""
    import pyarrow as pa

    if pa.types.is_large_string(kind):
        return pa.string()
    return pa.list_(_compact(kind.value_type)) if pa.types.is_large_list(kind) else kind


def _sorted(ids: pl.Series) -> np.ndarray:
    return ids.cast(pl.Int64).drop_nulls().unique().sort().to_numpy()


_KEPT: dict[tuple[Path, str], Lookup] = {}  # of this process: a file's bytes are compared once


def rows_by_id(root: Root, file: CatalogueFile, place: Path, schema: Mapping[str, pl.DataType]) -> Lookup | Scanned:
    """The rows of a table of the catalogue by id. `place` is where its bytes lie, which were compared."""
    if file.row_count <= ROWS_LOOKED_UP:
        return Scanned(pl.scan_parquet(place))
    found = _KEPT.setdefault((root.path, file.path), Lookup(root, file, place, schema))
    found.root, found.place = root, place  # by now: copies of what lies in a store come and go
    return found


def is_whole(path: Path) -> bool:
    """Whether a file in the folder of lookups has the bytes that its name says."""
    return is_intact(path, path.stem.rpartition("-")[2])


def _give_back(mapped: mmap.mmap) -> None:
    with suppress(AttributeError, ValueError, OSError):  # where the system has no such call
        mapped.madvise(mmap.MADV_DONTNEED)

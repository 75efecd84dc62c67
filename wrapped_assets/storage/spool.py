"""Long tables and arrays on disk, of which a part at a time is wanted, so that memory does not grow with a service."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from io import SEEK_END, BytesIO
from typing import IO

import numpy as np
import polars as pl

from wrapped_assets.contracts.errors import WriteError
from wrapped_assets.storage.files import system_error

ROWS_PER_PIECE = 50_000  # some 15 MB of tracks


class Arrays:
    """Arrays in a temporary file without a name; memory holds where each lies. WriteError where the disk does not take one."""

    def __init__(self) -> None:
        self._file = _temporary_file()

    def add(self, array: np.ndarray) -> tuple[int, int]:
        """Keeps an array of int64; returns its place."""
        place = self._file.seek(0, SEEK_END)
        try:
            self._file.write(memoryview(np.ascontiguousarray(array, dtype=np.int64)).cast("B"))
            self._file.flush()
        except OSError as error:
            raise _not_taken(error) from None
        return place, len(array)

    def __getitem__(self, place: tuple[int, int]) -> np.ndarray:
        start, count = place
        self._file.seek(start)
        return np.frombuffer(self._file.read(8 * count), dtype=np.int64)


def _temporary_file() -> IO[bytes]:
    """A file that lives as long as the object that has it."""
    try:
        return tempfile.TemporaryFile()
    except OSError as error:
        raise _not_taken(error) from None


def _not_taken(error: Exception) -> WriteError:
    return WriteError(f"could not write a temporary file: {system_error(error)}; nothing was changed")


class Spool:
    """The rows of some frames of one schema, in a temporary file without a name; memory holds where each piece lies.

    WriteError where the disk does not take it.
    """

    def __init__(self, schema: Mapping[str, pl.DataType], frames: Iterable[pl.DataFrame]) -> None:
        self.schema, self.height = pl.Schema(schema), 0
        self._file = _temporary_file()
        self._places: list[tuple[int, int]] = []  # of each piece: where it begins, and its bytes
        self._firsts: list[int] = []  # the first row of each piece
        try:
            for frame in frames:
                for piece in frame.select(list(self.schema)).iter_slices(ROWS_PER_PIECE):
                    self._append(piece)
            self._file.flush()
        except (OSError, pl.exceptions.ComputeError) as error:
            raise _not_taken(error) from None

    def _append(self, piece: pl.DataFrame) -> None:
        content = BytesIO()
        piece.write_parquet(content, compression="lz4", statistics=False)  # it is read often, and gone soon
        self._places.append((self._file.tell(), content.getbuffer().nbytes))
        self._file.write(content.getbuffer())
        self._firsts.append(self.height)
        self.height += piece.height

    def __iter__(self) -> Iterator[pl.DataFrame]:
        """The pieces, in their order."""
        return map(self._piece, range(len(self._places)))

    def __getitem__(self, rows: np.ndarray | Sequence[int]) -> pl.DataFrame:
        """Rows by number, in the order that is asked for. Each piece that has some of them is read once."""
        wanted, places = np.unique(np.asarray(rows, dtype=np.int64), return_inverse=True)
        ends = np.searchsorted(wanted, [*self._firsts[1:], self.height])
        found, start = [pl.DataFrame(schema=self.schema)], 0
        for number, end in enumerate(ends.tolist()):
            if end > start:
                found.append(self._piece(number)[wanted[start:end] - self._firsts[number]])
            start = end
        whole = pl.concat(found)
        return whole if len(places) == len(wanted) and (places[1:] > places[:-1]).all() else whole[places]

    def _piece(self, number: int) -> pl.DataFrame:
        start, size = self._places[number]
        self._file.seek(start)
        return pl.read_parquet(BytesIO(self._file.read(size)), glob=False)

"""Distributes a long table over ranges of rows in one pass, so that each range is read back alone: time is linear in the rows."""

from __future__ import annotations

import os
import tempfile
from contextlib import suppress
from io import BytesIO
from pathlib import Path

import numpy as np
import polars as pl

from wrapped_assets.contracts.errors import WriteError
from wrapped_assets.storage.files import system_error
from wrapped_assets.storage.object_cache import FOLDER

BYTES_TOGETHER = 24 << 20  # of rows that wait in memory to be sorted by range, three times as many while they are


def spill_folder(root: Path) -> Path:
    """Where rows are kept meanwhile: on the machine's own disk where `WRAPPED_CACHE` names one, otherwise beside the data root's files.

    Not in the system's folder for temporary files, which on many machines lies in memory.
    """
    own = os.environ.get(FOLDER)
    folder = Path(own) if own else root
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise WriteError(f"could not use the folder {folder} that {FOLDER} names: {system_error(error)}") from None
    return folder


class RowsByRange:
    """The rows of some frames of one schema, by the number of their range, each range in the order in which its rows came.

    They lie in a file without a name, so the system removes them with the process, however that ends. Memory holds some `most` bytes,
    and where the pieces of each range begin. WriteError where the disk does not take them.
    """

    def __init__(self, folder: Path, schema: pl.Schema, count: int, most: int = BYTES_TOGETHER) -> None:
        """`count` ranges, numbered from 0."""
        self._folder, self._schema, self._most = folder, schema, most
        self._places: list[list[tuple[int, int]]] = [[] for _ in range(count)]  # of each range: where a piece begins, and its bytes
        self._waiting: list[tuple[pl.DataFrame, np.ndarray]] = []
        self._end = 0
        try:
            self._file = tempfile.TemporaryFile(dir=folder)  # noqa: SIM115 (it lives as long as this object)
        except OSError as error:
            raise self._refused(error) from None

    def add(self, frame: pl.DataFrame, numbers: np.ndarray) -> None:
        """Takes rows and the number of each one's range."""
        if frame.height:
            self._waiting.append((frame, numbers.astype(np.uint32)))
        if sum(each.estimated_size() for each, _ in self._waiting) >= self._most:
            self._write()

    def __getitem__(self, number: int) -> pl.DataFrame:
        """The rows of a range, in one piece."""
        self._write()
        found = [pl.DataFrame(schema=self._schema)]
        for start, size in self._places[number]:
            self._file.seek(start)
            found.append(pl.read_parquet(BytesIO(self._file.read(size)), glob=False))
        return pl.concat(found, rechunk=True)

    def close(self) -> None:
        """Gives the disk its room back."""
        with suppress(OSError):  # a full disk does not take what waits, either
            self._file.close()

    def _write(self) -> None:
        if not self._waiting:
            return
        rows, numbers = pl.concat(frame for frame, _ in self._waiting), np.concatenate([each for _, each in self._waiting])
        self._waiting = []
        rows = rows[np.argsort(numbers, kind="stable")]
        sizes = np.bincount(numbers, minlength=len(self._places))
        starts = np.cumsum(sizes) - sizes
        try:
            for number in np.flatnonzero(sizes).tolist():
                content = BytesIO()
                rows[int(starts[number]) : int(starts[number] + sizes[number])].write_parquet(content, compression="lz4", statistics=False)
                self._places[number].append((self._end, content.getbuffer().nbytes))
                self._file.seek(self._end)
                self._end += self._file.write(content.getbuffer())
            self._file.flush()
        except OSError as error:
            raise self._refused(error) from None

    def _refused(self, error: OSError) -> WriteError:
        return WriteError(
            f"could not keep rows by range in {self._folder}: {system_error(error)} after {self._end / 1e9:,.1f} GB; make room there, or "
            f"name a folder of another disk with {FOLDER}; nothing was changed"
        )

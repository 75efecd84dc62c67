"""Tables as files for their owner alone: JSON for programs, exact; CSV for spreadsheets, harmless."""

from __future__ import annotations

import os
import zipfile
from collections.abc import Iterator
from pathlib import Path

import orjson
import polars as pl

from wrapped_assets.privacy.staged_files import files_below, write_private
from wrapped_assets.serving.formats import as_csv, json_rows

ROWS_AT_ONCE = 10_000
DATA = "data"


def write_table(folder: Path, name: str, frame: pl.DataFrame) -> None:
    """`data/NAME.json`, an array with a row a line, and `data/NAME.csv` with a header; in slices, whatever the length."""
    write_private(folder / DATA / f"{name}.json", _json(frame))
    write_private(folder / DATA / f"{name}.csv", _csv(frame))


def _slices(frame: pl.DataFrame) -> Iterator[pl.DataFrame]:
    return iter([frame.slice(0, 0)] if frame.is_empty() else frame.iter_slices(ROWS_AT_ONCE))


def _json(frame: pl.DataFrame) -> Iterator[bytes]:
    before = b"[\n"
    for part in _slices(frame):
        if part.height:
            yield before + b",\n".join(orjson.dumps(row) for row in json_rows(part))
            before = b",\n"
    yield b"\n]\n" if frame.height else b"[]\n"


def _csv(frame: pl.DataFrame) -> Iterator[bytes]:
    for number, part in enumerate(_slices(frame)):
        content = as_csv(part)
        yield content if number == 0 else content.partition(b"\n")[2]  # a column's name has no line's end


def pack(folder: Path, name: str) -> None:
    """Everything in the folder once more as one zip in it, for those who have to send it."""
    found = files_below(folder)
    path = folder / f"{name}.zip"
    os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for inside, file in found.items():
            archive.write(file, f"{name}/{inside}")

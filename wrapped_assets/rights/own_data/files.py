"""Tables as files for their owner alone: JSON for programs, exact; CSV for spreadsheets, harmless; a hash over all of them."""

from __future__ import annotations

import os
import zipfile
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

import orjson
import polars as pl

from wrapped_assets.serving.formats import as_csv, json_rows

ROWS_AT_ONCE = 10_000
DATA = "data"


def write_private(path: Path, parts: Iterator[bytes]) -> None:
    """A new file that only its owner may read; what a crash loses is made anew."""
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        for part in parts:
            file.write(part)


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


def files_below(folder: Path) -> dict[str, Path]:
    """Every file by its path inside the folder, ordered."""
    return {path.relative_to(folder).as_posix(): path for path in sorted(folder.rglob("*")) if path.is_file()}


def hash_of_folder(folder: Path) -> str:
    """One hash over names and contents, as of other exports, read piece by piece."""
    state = sha256()
    for name, path in files_below(folder).items():
        state.update(f"{name}\x1f{path.stat().st_size}\x1f".encode())
        for part in pieces(path):
            state.update(part)
    return state.hexdigest()


def hash_of_file(path: Path) -> str:
    """SHA-256 of a file's bytes."""
    state = sha256()
    for part in pieces(path):
        state.update(part)
    return state.hexdigest()


def pieces(path: Path) -> Iterator[bytes]:
    """A file's bytes, a megabyte at a time."""
    with path.open("rb") as file:
        while part := file.read(1 << 20):
            yield part


def pack(folder: Path, name: str) -> None:
    """Everything in the folder once more as one zip in it, for those who have to send it."""
    found = files_below(folder)
    path = folder / f"{name}.zip"
    os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for inside, file in found.items():
            archive.write(file, f"{name}/{inside}")

"""The bytes of an export on their way out: canonical CSV, hashed as a whole, in folders that only their owner may read."""

from __future__ import annotations

import csv
import io
import os
from collections.abc import Collection, Iterable, Iterator, Mapping
from hashlib import sha256
from pathlib import Path

import polars as pl

from wrapped_assets.privacy.untrusted import in_a_cell

PIECE_BYTES = 1 << 20


def as_csv(table: pl.DataFrame) -> bytes:
    """The table with a header, rows as they stand; texts can be no formula, no markup of lines, nothing hidden."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(table.columns)
    for row in table.iter_rows():
        writer.writerow(in_a_cell(value) if isinstance(value, str) else "" if value is None else value for value in row)
    return text.getvalue().encode()


def read_table(content: bytes, numbers: Collection[str] = ()) -> pl.DataFrame:
    """A staged table again, all of it text but the columns in `numbers`, whatever rows there are: an artist may be called 1975.

    A column of `numbers` that holds anything but whole numbers stays text, and columns are whatever the file says, for checks to compare.
    """
    table = pl.read_csv(io.BytesIO(content), infer_schema=False)
    whole = [table[name].cast(pl.Int64, strict=False) for name in table.columns if name in numbers]
    return table.with_columns(each for each in whole if each.null_count() == table[each.name].null_count())


def write_private(path: Path, parts: Iterable[bytes]) -> None:
    """Writes a new file that only its owner may read. FileExistsError where there is one."""
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        for part in parts:
            file.write(part)
        file.flush()
        os.fsync(file.fileno())


def write_files(folder: Path, files: Mapping[str, bytes]) -> None:
    """Writes files by name into a folder that is there."""
    for name, content in files.items():
        write_private(folder / name, (content,))


def copy_folder(source: Path, target: Path) -> None:
    """Copies every file into a new folder that only its owner may read. FileExistsError where there is one."""
    target.mkdir(mode=0o700)
    for name, path in files_below(source).items():
        (target / name).parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        write_private(target / name, pieces(path))


def files_below(folder: Path) -> dict[str, Path]:
    """Every file by its path inside the folder, ordered; none where there is no folder."""
    return {path.relative_to(folder).as_posix(): path for path in sorted(folder.rglob("*")) if path.is_file()}


def read_folder(folder: Path) -> dict[str, bytes]:
    """The content of every file by its path inside the folder; none where there is no folder."""
    return {name: path.read_bytes() for name, path in files_below(folder).items()}


def hash_of_folder(folder: Path) -> str:
    """SHA-256 over the names, lengths and bytes of all files, read piece by piece."""
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
        while part := file.read(PIECE_BYTES):
            yield part

"""The bytes of an export on their way out: canonical CSV, hashed as a whole, in a private folder until they are cleared."""

from __future__ import annotations

import csv
import io
import os
import shutil
import tempfile
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path

import polars as pl

from wrapped_assets.contracts.errors import InputError
from wrapped_assets.privacy.untrusted import in_a_cell


def as_csv(table: pl.DataFrame) -> bytes:
    """The table with a header, rows as they stand; texts can be no formula, no markup of lines, nothing hidden."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(table.columns)
    for row in table.iter_rows():
        writer.writerow(in_a_cell(value) if isinstance(value, str) else "" if value is None else value for value in row)
    return text.getvalue().encode()


def read_table(content: bytes) -> pl.DataFrame:
    """A staged table again, numbers as numbers; its columns are whatever the file says, for checks to compare."""
    return pl.read_csv(io.BytesIO(content), infer_schema_length=None)


def hash_of(files: Mapping[str, bytes]) -> str:
    """One hash over names and contents."""
    state = sha256()
    for name, content in sorted(files.items()):
        state.update(f"{name}\x1f{len(content)}\x1f".encode() + content)
    return state.hexdigest()


def write_folder(folder: Path, files: Mapping[str, bytes], mode: int = 0o600) -> None:
    """Writes a folder as a whole or not at all; InputError where it is there and holds anything."""
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise InputError("the folder to write to is there and not empty: name a new one")
    folder.parent.mkdir(parents=True, exist_ok=True)
    temporary = Path(tempfile.mkdtemp(prefix=".wrapped-", dir=folder.parent))
    try:
        for name, content in files.items():
            path = temporary / name
            with path.open("wb") as stream:
                stream.write(content)
                stream.flush()
                os.fsync(stream.fileno())
            path.chmod(mode)
        if mode != 0o600:
            temporary.chmod(0o755)
        if folder.exists():
            folder.rmdir()
        temporary.rename(folder)
    except BaseException:
        shutil.rmtree(temporary, ignore_errors=True)
        raise


def read_folder(folder: Path) -> dict[str, bytes]:
    """Every file of a folder by its name; empty where there is none."""
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir()) if path.is_file()} if folder.is_dir() else {}

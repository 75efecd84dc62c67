"""Writes and reads Parquet files."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Literal, TypedDict

import polars as pl

from wrapped_assets.contracts.errors import WriteError
from wrapped_assets.storage.whole_files import file_hash, whole_file


class Packing(TypedDict):
    """How the pages of a file are compressed."""

    compression: Literal["zstd"]
    compression_level: int


# Of every file, chosen by measurement (benchmarks/README.md): 10 to 20 % smaller than lz4; level 3 saves 3 to 10 % more and writes a
# quarter slower; without compression a lake takes half as many bytes again, for a thirtieth of a build's time.
COMPRESSION, COMPRESSION_LEVEL = "zstd", 1
PACKED: Packing = {"compression": COMPRESSION, "compression_level": COMPRESSION_LEVEL}
ROW_GROUP_ROWS = 512 * 1024  # so most files are one row group, which is read whole; statistics, a fifth of writing, would skip nothing
FILES_AT_ONCE = 12  # more make no read faster


def write_parquet(frame: pl.DataFrame, path: Path, metadata: dict[str, str] | None = None) -> tuple[int, str]:
    """Writes `frame` to `path` whole or not at all; returns the file's size and hash. WriteError where the disk does not take it."""
    try:
        with whole_file(path) as temporary:
            frame.write_parquet(temporary, row_group_size=ROW_GROUP_ROWS, metadata=metadata, statistics=False, **PACKED)
            size, digest = temporary.stat().st_size, file_hash(temporary)
    except (OSError, pl.exceptions.ComputeError) as error:  # Polars 2.1 says some of the system's errors in words only
        raise WriteError(f"could not write under {path.parent.name}: {system_error(error)}; nothing was changed") from None
    return size, digest


def write_in_parts(parts: Iterable[pl.DataFrame], schema: Mapping[str, pl.DataType | type[pl.DataType]], path: Path) -> None:
    """Writes frames of one schema after one another to one file, whole or not at all, and holds one of them at a time.

    WriteError where the disk does not take it.
    """
    import pyarrow.parquet as pq  # most commands write no file in parts

    columns = pl.DataFrame(schema=dict(schema)).to_arrow().schema
    try:
        with whole_file(path) as temporary, pq.ParquetWriter(temporary, columns, **PACKED) as writer:
            for part in parts:
                writer.write_table(part.to_arrow().cast(columns), row_group_size=ROW_GROUP_ROWS)
    except OSError as error:
        raise WriteError(f"could not write under {path.parent.name}: {system_error(error)}; nothing was changed") from None


def rows_of_files(scans: Sequence[pl.LazyFrame]) -> pl.DataFrame:
    """The rows of some files (at least one) after one another; few are open at once, whatever the system allows."""
    batches = (scans[start : start + FILES_AT_ONCE] for start in range(0, len(scans), FILES_AT_ONCE))
    return pl.concat([frame for batch in batches for frame in pl.collect_all(batch)])


def system_error(error: Exception) -> str:
    """What the system said, without what was being written."""
    if isinstance(error, OSError) and error.strerror:
        return error.strerror
    number = re.search(r"\(os error (\d+)\)", str(error))
    return os.strerror(int(number[1])) if number else type(error).__name__

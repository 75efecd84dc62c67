"""Reads the rows of a Parquet file in frames, and over row groups that are damaged to the next one that is not."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import BinaryIO

import polars as pl

from wrapped_assets.contracts.errors import InputError

DAMAGE = (ValueError, OSError, TypeError, NotImplementedError, KeyError)  # what pyarrow raises, its own classes among them


@dataclass(frozen=True)
class LostRows:
    """Rows of a row group that cannot be read, and how many bytes of the file they take."""

    rows: int
    size: int


def frames(stream: BinaryIO, columns: list[str], rows: int, coded: Sequence[str] = ()) -> Iterator[pl.DataFrame | LostRows]:
    """Frames of at most `rows` rows in the order of the file. Where pages have checksums they are verified.

    The texts of the columns `coded` come as categories: each text is made and checked once.
    """
    import pyarrow.parquet as pq  # 0.2 s to import, and only here needed

    try:
        file = pq.ParquetFile(stream, page_checksum_verification=True, read_dictionary=list(coded))
    except KeyError:  # it holds lists: the caller says so
        file = pq.ParquetFile(stream, page_checksum_verification=True)
    groups = [file.metadata.row_group(number) for number in range(file.metadata.num_row_groups)]
    first = 0
    while first < len(groups):
        read = 0
        try:
            for batch in file.iter_batches(rows, row_groups=list(range(first, len(groups))), columns=columns, use_threads=False):
                batch.validate(full=True)  # texts that are no UTF-8 would go unnoticed
                yield pl.DataFrame(pl.from_arrow(batch))
                read += batch.num_rows
        except DAMAGE:
            while read >= groups[first].num_rows:  # a frame may span row groups, and be read of whole ones only
                read -= groups[first].num_rows
                first += 1
            rest = _rest_of(file, first, read, columns, rows)
            if rest is not None:
                yield from rest
            else:
                yield LostRows(groups[first].num_rows - read, groups[first].total_byte_size)
            first += 1
        else:
            return


def _rest_of(file, group: int, skipped: int, columns: list[str], rows: int) -> list[pl.DataFrame] | None:
    """The row group behind its first `skipped` rows, read alone; None where it is damaged."""
    found: list[pl.DataFrame] = []
    try:
        for batch in file.iter_batches(rows, row_groups=[group], columns=columns):
            batch.validate(full=True)
            frame = pl.DataFrame(pl.from_arrow(batch))
            found.append(frame.slice(min(skipped, frame.height)))
            skipped -= min(skipped, frame.height)
    except DAMAGE:
        return None
    return found


def fitting(frame: pl.DataFrame, wanted: Mapping[str, pl.DataType]) -> pl.DataFrame:
    """The frame with texts for bytes. InputError for a column of which no value can be of the wanted type, such as lists for texts."""
    frame = frame.with_columns(texts_of_bytes(frame[name]) for name in wanted if name in frame.columns)
    for name, dtype in wanted.items():
        if name in frame.columns and not can_be(frame.schema[name], dtype):
            raise InputError(f"the column {name} of a Parquet file is {frame.schema[name]}: expected {dtype}; write it so, or leave it out")
    return frame


def can_be(dtype: pl.DataType, wanted: pl.DataType) -> bool:
    """Whether values of a type can be cast to a text, a number or a list."""
    if isinstance(wanted, pl.List):
        return isinstance(dtype, pl.List | pl.Null)
    is_plain = dtype.is_numeric() or isinstance(dtype, pl.Boolean | pl.String | pl.Categorical | pl.Enum | pl.Null)
    return is_plain or (wanted == pl.String and isinstance(dtype, pl.Date | pl.Datetime))


def texts_of_bytes(column: pl.Series) -> pl.Series:
    """A column of texts, or of lists of texts, that its writer left as bytes, in texts; null for what is no UTF-8. Others stay."""
    if column.dtype == pl.Binary:
        return pl.Series(column.name, map(_decoded, column), dtype=pl.String)
    if column.dtype == pl.List(pl.Binary):
        lists = (None if each is None else list(map(_decoded, each)) for each in column)
        return pl.Series(column.name, lists, dtype=pl.List(pl.String))
    return column


def _decoded(content: bytes | None) -> str | None:
    try:
        return None if content is None else content.decode()
    except UnicodeDecodeError:
        return None

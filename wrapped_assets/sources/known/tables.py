"""Reads CSV and Parquet in bounded memory, every value as text."""

from __future__ import annotations

import csv
import io
from collections.abc import Collection, Iterator
from typing import BinaryIO

import polars as pl

from wrapped_assets.contracts.errors import InputError
from wrapped_assets.contracts.known_source import KNOWN_REJECTED
from wrapped_assets.contracts.source import Head
from wrapped_assets.sources.parquet_rows import texts_of_bytes

BLOCK_BYTES = 8 * 2**20
PARQUET_ROWS = 100_000


def columns_of(head: Head) -> tuple[str, ...]:
    """The columns of a Parquet file, or of the header of what may be a CSV; none for anything else."""
    if head.column_names:
        return head.column_names
    start = head.first_bytes
    if b"\0" in start[:1000] or start.lstrip()[:1] in (b"{", b"[", b"<"):
        return ()
    line = start.decode("utf-8", "replace").lstrip("\ufeff\r\n").split("\n", 1)[0]
    return tuple(name.strip() for name in next(csv.reader(io.StringIO(line)), []))


def frames(stream: BinaryIO, head: Head, wanted: Collection[str]) -> Iterator[tuple[pl.DataFrame, pl.DataFrame]]:
    """Pieces of the wanted columns that are there, with row_number, and the rows (KNOWN_REJECTED) that have not the header's columns."""
    pieces = _parquet(stream, head, wanted) if head.column_names else _csv(stream, head, wanted)
    before = 0
    for frame, rejected in pieces:
        yield frame.with_row_index("row_number", before).with_columns(pl.col("row_number").cast(pl.Int64)), rejected
        before += frame.height


def _parquet(stream: BinaryIO, head: Head, wanted: Collection[str]) -> Iterator[tuple[pl.DataFrame, pl.DataFrame]]:
    import pyarrow.parquet as pq

    here = [name for name in head.column_names if name in wanted]
    for batch in pq.ParquetFile(stream).iter_batches(PARQUET_ROWS, columns=here):
        frame = pl.DataFrame(pl.from_arrow(batch))
        frame = frame.with_columns(pl.col(pl.Float32, pl.Float64).cast(pl.Int64, strict=False))
        yield frame.select(_as_text(column) for column in frame), pl.DataFrame(schema=KNOWN_REJECTED)


def _as_text(column: pl.Series) -> pl.Series:
    try:
        return texts_of_bytes(column).cast(pl.List(pl.String) if isinstance(column.dtype, pl.List) else pl.String)
    except pl.exceptions.PolarsError:
        raise not_texts(column.name, column.dtype) from None


def not_texts(name: str, dtype: pl.DataType) -> InputError:
    """The error for a column of a type that no text can be made of."""
    return InputError(f"the column {name} of a table of the catalogue is {dtype}: expected texts or numbers; nothing was changed")


def _csv(stream: BinaryIO, head: Head, wanted: Collection[str]) -> Iterator[tuple[pl.DataFrame, pl.DataFrame]]:
    import pyarrow as pa
    from pyarrow import csv as arrow_csv

    skipped: list[int] = []
    is_damaged = False

    def skip(row: arrow_csv.InvalidRow) -> str:
        nonlocal is_damaged
        is_damaged |= "\n" in row.text.rstrip("\r\n")  # a quote that does not close swallows all rows behind it
        skipped.append((row.number or 2) - 2)  # counted from 1, with the header
        return "skip"

    header = columns_of(head)
    here = [name for name in dict.fromkeys(header) if name in wanted]
    try:
        reader = arrow_csv.open_csv(
            stream,
            read_options=arrow_csv.ReadOptions(block_size=BLOCK_BYTES, use_threads=False, column_names=list(header), skip_rows=1),
            parse_options=arrow_csv.ParseOptions(newlines_in_values=True, invalid_row_handler=skip),
            convert_options=arrow_csv.ConvertOptions(
                include_columns=here, column_types=dict.fromkeys(here, pa.binary()), strings_can_be_null=False
            ),
        )
        for batch in reader:
            frame = pl.DataFrame(pl.from_arrow(batch)).select(pl.col(here).cast(pl.String, strict=False))
            if is_damaged:
                raise pa.ArrowInvalid
            yield frame, _wrong(skipped)
            skipped = []
        if is_damaged:
            raise pa.ArrowInvalid
        yield pl.DataFrame(schema=dict.fromkeys(here, pl.String)), _wrong(skipped)
    except pa.ArrowException:
        raise InputError(
            "a CSV file of the catalogue is damaged: it has an unclosed quote, or its header does not fit its rows; "
            "repair it and import again; nothing was changed"
        ) from None


def _wrong(rows: list[int]) -> pl.DataFrame:
    """Rows that have not the header's fields; which table they are of is for the caller to say."""
    return pl.DataFrame(
        [{"row_number": row, "table": None, "reason": "wrong_columns", "name": None} for row in rows], schema=KNOWN_REJECTED
    )

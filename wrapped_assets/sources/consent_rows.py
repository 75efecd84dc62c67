"""Reads a file of what listeners said about the use of their data: CSV or Parquet, row by row, in bounded memory."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, NamedTuple

from wrapped_assets.contracts.errors import InputError

NEEDED = ("listener", "purpose", "state", "valid_from")
OPTIONAL = ("valid_until", "method")
TEXTS = ("listener", "purpose", "state", "method")
_ROWS_PER_BATCH = 50_000


class ConsentRow(NamedTuple):
    """One row as the file says it; `number` counts from 1. A purpose that is None is every purpose."""

    number: int
    listener: str
    purpose: str | None
    state: str
    valid_from: datetime
    valid_until: datetime | None
    method: str | None


def consent_rows(path: Path) -> Iterator[ConsentRow]:
    """The rows of a file, in its order; InputError for columns that are missing or unknown, and for the first row that is not whole.

    Instants have their offset; a day is its beginning in UTC.
    """
    with path.open("rb") as file:
        is_parquet = file.read(4) == b"PAR1"
    for number, row in enumerate(_parquet(path) if is_parquet else _csv(path), 1):
        listener, state = row["listener"], row["state"]
        if type(row["listener"]) is int:  # as in a log, whose listeners may be numbers
            row["listener"] = str(row["listener"])
        if wrong := next((name for name in TEXTS if not isinstance(row.get(name), str | None)), None):
            raise InputError(f"row {number} has a {type(row[wrong]).__name__} in {wrong}: expected a text; nothing was changed")
        if not listener or not state:
            raise InputError(f"row {number} lacks a listener or a state: each row needs both; nothing was changed")
        begins = _instant(row["valid_from"], number)
        if begins is None:
            raise InputError(f"row {number} has no valid_from: give the time from which it holds; nothing was changed")
        ends = _instant(row.get("valid_until"), number)
        yield ConsentRow(number, listener, row["purpose"] or None, state, begins, ends, row.get("method") or None)


def _csv(path: Path) -> Iterator[dict[str, Any]]:
    with path.open("rb") as file:
        reader = csv.reader(io.TextIOWrapper(file, encoding="utf-8-sig", newline=""), strict=True)
        try:
            header = [name.strip() for name in next(reader, [])]
            _check(header)
            for row in reader:
                if row and len(row) != len(header):
                    raise InputError(f"line {reader.line_num} has {len(row)} fields, the header {len(header)}; nothing was changed")
                if row:
                    yield dict(zip(header, row, strict=True))
        except (UnicodeDecodeError, csv.Error):
            raise InputError("the file is not CSV in UTF-8, or it has an unclosed quote; nothing was changed") from None


def _parquet(path: Path) -> Iterator[dict[str, Any]]:
    import pyarrow as pa  # 0.2 s to import
    import pyarrow.parquet as pq

    try:
        with pq.ParquetFile(path) as file:
            _check(file.schema_arrow.names)
            for batch in file.iter_batches(_ROWS_PER_BATCH):
                yield from batch.to_pylist()
    except (pa.ArrowException, OSError):
        raise InputError("the Parquet file is damaged or incomplete; nothing was changed") from None


def _check(columns: list[str]) -> None:
    wrong = [name for name in columns if name not in NEEDED + OPTIONAL or columns.count(name) > 1]
    if wrong or set(NEEDED) - set(columns):
        raise InputError(
            f"expected the columns {', '.join(NEEDED)} and optionally {', '.join(OPTIONAL)}, each once, as CSV with a header or as Parquet"
        )


def _instant(value: object, number: int) -> datetime | None:
    if value is None or value == "":
        return None
    try:
        found = value if isinstance(value, date) else datetime.fromisoformat(str(value).strip())
    except ValueError:
        found = None
    is_day = (isinstance(value, str) and len(value.strip()) == len("2025-12-03")) or type(value) is date
    if is_day and found is not None:
        return datetime(found.year, found.month, found.day, tzinfo=UTC)
    if not isinstance(found, datetime) or found.tzinfo is None:
        raise InputError(
            f"row {number} has a time that is neither a day such as 2025-12-03 nor an instant with its offset such as "
            "2025-12-03T09:00:00Z; nothing was changed"
        )
    return found.astimezone(UTC)

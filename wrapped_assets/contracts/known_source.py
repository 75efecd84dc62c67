"""Catalogue sources: each reads one catalogue format and yields batches of named rows and rejected rows."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import BinaryIO

import polars as pl

from wrapped_assets.contracts.source import Head

# A rejected row is kept with its reason. A catalogue names no listener, so its names may be shown to the operator.
KNOWN_REJECTED: dict[str, pl.DataType] = {
    "row_number": pl.Int64(),  # 0-based position in the file
    "table": pl.String(),
    "reason": pl.String(),  # one of KNOWN_REASONS
    "name": pl.String(),
}

KNOWN_REASONS: dict[str, str] = {
    "unreadable_row": "the row is not valid text of the format",
    "truncated": "the file ends in the middle of this row",
    "not_an_object": "the row is no artist, release group, recording, genre or place",
    "wrong_columns": "the row has not as many fields as the header",
    "missing_name": "the row lacks a name that it is known by",
    "invalid_mbid": "a MusicBrainz id is not 32 hex digits in five groups",
    "invalid_country": "the country is not two letters (ISO 3166)",
    "invalid_year": "the year is not between 1860 and 2100",
    "invalid_number": "a count, place, length or number of inhabitants is no whole number in its range",
    "second_place": "the genre stands in the tree already; its first place is kept",
}


@dataclass(frozen=True)
class KnownBatch:
    """A batch of a file's rows for one table. `rows` has `contracts.known.named_schema(table)`, `rejected` has KNOWN_REJECTED."""

    table: str
    rows: pl.DataFrame
    rejected: pl.DataFrame


@dataclass(frozen=True)
class KnownSource:
    """One catalogue format. `read` raises InputError if the file as a whole is not in the format that it looks like."""

    name: str
    title: str
    recognises: Callable[[Head], bool]
    read: Callable[[BinaryIO, Head], Iterator[KnownBatch]]

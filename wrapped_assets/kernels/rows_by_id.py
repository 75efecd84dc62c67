"""Rows of a table that have a wanted id."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Protocol

import polars as pl


class RowsById(Protocol):
    """A table that is asked for rows by ids (Int64). Null is no id."""

    def rows(self, wanted: Mapping[str, pl.Series], columns: Iterable[str]) -> pl.DataFrame:
        """The rows with a wanted id in any of the columns that `wanted` names, each once, in the order of the table."""

    def present(self, column: str, ids: pl.Series) -> pl.Series:
        """Those of the ids that stand in a column, each once, in their order."""


@dataclass(frozen=True)
class Scanned:
    """A table of which each question looks at all rows."""

    table: pl.LazyFrame

    def rows(self, wanted: Mapping[str, pl.Series], columns: Iterable[str]) -> pl.DataFrame:
        is_wanted = [pl.col(name).is_in(ids.drop_nulls().unique().implode()) for name, ids in wanted.items()]
        return self.table.filter(pl.any_horizontal(*is_wanted).fill_null(value=False)).select(columns).collect()

    def present(self, column: str, ids: pl.Series) -> pl.Series:
        found = self.table.select(column).filter(pl.col(column).is_in(ids.drop_nulls().unique().implode()))
        return found.collect()[column].unique().sort().alias(ids.name)

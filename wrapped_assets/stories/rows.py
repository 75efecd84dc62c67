"""Rows of an insight as stories ask for them: by name, the first alone, or some columns of all."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, overload

Row = Mapping[str, Any]


class Rows(Sequence[Row]):
    """The rows of a table. Each becomes a mapping only where one asks for rows: half of a story's are days and hours, which are drawn."""

    __slots__ = ("_first", "_rows", "columns", "values")

    def __init__(self, columns: Sequence[str], values: Sequence[tuple[Any, ...]]) -> None:
        self.columns, self.values = columns, values
        self._first: Row | None = None
        self._rows: list[Row] | None = None

    def __len__(self) -> int:
        return len(self.values)

    @overload
    def __getitem__(self, index: int) -> Row: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[Row]: ...
    def __getitem__(self, index: int | slice) -> Row | Sequence[Row]:
        if index == 0 and self._rows is None and self.values:
            if self._first is None:
                self._first = dict(zip(self.columns, self.values[0], strict=True))
            return self._first
        return self._all[index]

    def __iter__(self) -> Iterator[Row]:
        return iter(self._all)

    def __eq__(self, other: object) -> bool:
        return self._all == list(other) if isinstance(other, (Rows, list, tuple)) else NotImplemented

    __hash__ = None  # type: ignore[assignment]  # its rows have none

    @property
    def _all(self) -> list[Row]:
        if self._rows is None:
            self._rows = [dict(zip(self.columns, row, strict=True)) for row in self.values]
        return self._rows


def values_of(rows: Sequence[Row], *columns: str) -> Iterator[tuple[Any, ...]]:
    """Some columns of rows, a tuple a row; None where a row has no such column."""
    if isinstance(rows, Rows):
        places = [rows.columns.index(column) if column in rows.columns else None for column in columns]
        return zip(*([row[place] for row in rows.values] if place is not None else [None] * len(rows) for place in places), strict=True)
    return (tuple(row.get(column) for column in columns) for row in rows)

"""Markdown tables, and how types and privacy classes are written in the docs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import polars as pl

from wrapped_assets.vocabulary.columns import Column

# From the most to the least delicate.
CLASSES = {
    "direct": "names a person", "sensitive": "sensitive", "pseudonym": "stands for a person", "quasi": "helps to recognise a person",
    "own_content": "what a listener did", "aggregate": "about a group", "public": "about no one",
}  # fmt: skip


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    """The lines of a table; a bar inside a cell is written as ¦."""
    for cells in (head, ["---"] * len(head), *rows):
        yield f"| {' | '.join(cell.replace('|', '¦') for cell in cells)} |"


def type_text(column: Column) -> str:
    """A column's type and unit."""
    if isinstance(column.dtype, pl.Datetime):
        return f"Datetime({column.dtype.time_unit}, {column.dtype.time_zone})"
    return f"{column.dtype}, {column.unit}" if column.unit else str(column.dtype)

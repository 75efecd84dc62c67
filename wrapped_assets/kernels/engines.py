"""Chooses the Polars engine for a query by the number of rows that it reads."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import polars as pl

# The streaming engine hands each step of a query to a thread of its own. For few rows that takes several times as long as the step; over
# a million rows it takes half as long as the other (benchmarks/README.md).
FEW_ROWS = 200_000

Engine = Literal["in-memory", "streaming"]
Query = tuple[pl.LazyFrame, Engine]


def engine_for(rows: int) -> Engine:
    """The faster engine for a query over `rows` rows, of all inputs together. A figure is the same by either."""
    return "in-memory" if rows <= FEW_ROWS else "streaming"


def collected(queries: Sequence[Query]) -> list[pl.DataFrame]:
    """The rows of each query, those of one engine computed at once, so that common parts run once."""
    found: dict[int, pl.DataFrame] = {}
    for engine in dict.fromkeys(engine for _, engine in queries):
        places = [place for place, (_, wanted) in enumerate(queries) if wanted == engine]
        found |= zip(places, pl.collect_all([queries[place][0] for place in places], engine=engine), strict=True)
    return [found[place] for place in range(len(queries))]


def has_rows(frame: pl.LazyFrame) -> bool:
    """Whether there is a row. A join with nothing costs what it takes to prepare the other side."""
    return not frame.limit(1).collect(engine="in-memory").is_empty()

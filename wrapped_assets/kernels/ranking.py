"""Rankings with a total order: the best row, or the first N rows, of each group."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl


def _order(terms: Sequence[str]) -> tuple[list[str], list[bool]]:
    """`-name` is descending."""
    return [term.removeprefix("-") for term in terms], [term.startswith("-") for term in terms]


def _keys(by: str | Sequence[str]) -> list[str]:
    return [by] if isinstance(by, str) else list(by)


def ranked(frame: pl.LazyFrame, by: str | Sequence[str], *, order: Sequence[str], rank: str, limit: int | None = None) -> pl.LazyFrame:
    """The rows of each group in `order`, numbered from 1 in `rank`, at most `limit` of them.

    `order` must end in an id so that no two rows are equal; `-name` sorts descending. Rows come out by group and rank.
    """
    names, descending = _order(order)
    keys = _keys(by)
    numbered = frame.sort([*keys, *names], descending=[False] * len(keys) + descending).with_columns(
        pl.int_range(1, pl.len() + 1).over(keys).alias(rank)
    )
    return numbered if limit is None else numbered.filter(pl.col(rank) <= limit)


def first_per(frame: pl.LazyFrame, by: str | Sequence[str], *, order: Sequence[str]) -> pl.LazyFrame:
    """The first row of each group in `order`; `-name` sorts descending. Rows come out by group."""
    names, descending = _order(order)
    keys = _keys(by)
    return frame.sort([*keys, *names], descending=[False] * len(keys) + descending).unique(keys, keep="first", maintain_order=True)

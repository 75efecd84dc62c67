"""Ranks the rows of each group in a total order and keeps the first, or the first N."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from wrapped_assets.kernels.packing import ascending, group_codes, smallest_of_group

_WORTH_IT = 2_000  # rows below which sorting everything is as fast


def _order(terms: Sequence[str]) -> tuple[list[str], list[bool]]:
    """Splits an order into names and directions; `-name` means descending."""
    return [term.removeprefix("-") for term in terms], [term.startswith("-") for term in terms]


def _keys(by: str | Sequence[str]) -> list[str]:
    return [by] if isinstance(by, str) else list(by)


def ranked(frame: pl.LazyFrame, by: str | Sequence[str], *, order: Sequence[str], rank: str, limit: int | None = None) -> pl.LazyFrame:
    """Returns the first `limit` rows of each group in `order`, numbered from 1 in `rank`.

    `order` must end in an id, so that no two rows tie; `-name` sorts descending. The result is sorted by group and rank.
    """
    names, descending = _order(order)
    keys = _keys(by)
    likely = frame if limit is None else _likely(frame, keys, order[0], limit)
    numbered = likely.sort([*keys, *names], descending=[False] * len(keys) + descending).with_columns(
        pl.int_range(1, pl.len() + 1).over(keys).alias(rank)
    )
    return numbered if limit is None else numbered.filter(pl.col(rank) <= limit)


def first_per(frame: pl.LazyFrame, by: str | Sequence[str], *, order: Sequence[str]) -> pl.LazyFrame:
    """Returns the first row of each group in `order`, sorted by group; `-name` sorts descending."""
    names, descending = _order(order)
    keys = _keys(by)
    likely = _likely(frame, keys, order[0], 1)
    return likely.sort([*keys, *names], descending=[False] * len(keys) + descending).unique(keys, keep="first", maintain_order=True)


def _likely(frame: pl.LazyFrame, keys: list[str], term: str, limit: int) -> pl.LazyFrame:
    """Keeps the rows that may be among the first `limit` of their group, judged by the order's first term.

    Sorting by five columns costs ten times as much as sorting one number per row, and one number rules out most rows.
    """

    name = term.removeprefix("-")

    def chosen(rows: pl.DataFrame) -> pl.DataFrame:
        if rows.height <= _WORTH_IT or rows[name].null_count() or rows.select(keys).null_count().sum_horizontal().item():
            return rows
        value = ascending(rows[name])
        from_best = value if name == term else value.max() - value
        return rows.filter(pl.Series(smallest_of_group(group_codes(rows.select(keys)), from_best, limit)))

    return frame.map_batches(chosen, predicate_pushdown=False, projection_pushdown=False, slice_pushdown=False)

"""Ranks the rows of each group in a total order and keeps the first, or the first N."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import polars as pl

from wrapped_assets.acceleration import can_run, run
from wrapped_assets.kernels.engines import engine_for
from wrapped_assets.kernels.grouping import has_nulls
from wrapped_assets.kernels.inside.best import first_of_groups
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
    keys = _keys(by)
    if limit is None:
        return ranked_reference(frame, keys, order, rank)

    def first(rows: pl.DataFrame) -> pl.DataFrame:
        codes = _codes_or_none(rows, keys, _order(order)[0])
        if codes is None:
            return ranked_reference(rows.lazy(), keys, order, rank, limit).collect(engine=engine_for(rows.height))
        is_likely = _is_likely(rows, codes, order[0], limit)
        if not can_run(rows.height) or any(rows.schema[name] == pl.String for name in _order(order)[0]):
            likely = rows.filter(pl.Series(is_likely))
            return ranked_reference(likely.lazy(), keys, order, rank, limit).collect(engine=engine_for(likely.height))
        places = np.flatnonzero(is_likely)
        likely = rows.select(list(dict.fromkeys([*keys, *_order(order)[0]])))[places]
        terms = np.stack([_from_best(likely, term) for term in order])
        chosen, ranks = run(first_of_groups, _in_order_of_keys(codes[places], likely.select(keys)), terms, limit)
        return rows[places[chosen]].with_columns(pl.Series(rank, ranks))

    schema = {**frame.collect_schema(), rank: pl.Int64()}
    return frame.map_batches(first, schema=schema, predicate_pushdown=False, projection_pushdown=False, slice_pushdown=False)


def ranked_reference(frame: pl.LazyFrame, keys: list[str], order: Sequence[str], rank: str, limit: int | None = None) -> pl.LazyFrame:
    """The same by Polars."""
    names, descending = _order(order)
    numbered = frame.sort([*keys, *names], descending=[False] * len(keys) + descending).with_columns(
        pl.int_range(1, pl.len() + 1).over(keys).alias(rank)
    )
    return numbered if limit is None else numbered.filter(pl.col(rank) <= limit)


def first_per(frame: pl.LazyFrame, by: str | Sequence[str], *, order: Sequence[str]) -> pl.LazyFrame:
    """Returns the first row of each group in `order`, sorted by group; `-name` sorts descending."""
    names, descending = _order(order)
    keys = _keys(by)

    def likely(rows: pl.DataFrame) -> pl.DataFrame:
        codes = _codes_or_none(rows, keys, names[:1])
        return rows if codes is None else rows.filter(pl.Series(_is_likely(rows, codes, order[0], 1)))

    few = frame.map_batches(likely, predicate_pushdown=False, projection_pushdown=False, slice_pushdown=False)
    return few.sort([*keys, *names], descending=[False] * len(keys) + descending).unique(keys, keep="first", maintain_order=True)


def _codes_or_none(rows: pl.DataFrame, keys: list[str], names: list[str]) -> np.ndarray | None:
    """The number of each row's group; None where rows are few or a value is null, and Polars ranks them as well."""
    if rows.height <= _WORTH_IT or has_nulls(rows.select(list(dict.fromkeys([*keys, *names])))):
        return None
    return group_codes(rows.select(keys))


def _is_likely(rows: pl.DataFrame, codes: np.ndarray, term: str, limit: int) -> np.ndarray:
    """Marks the rows that may be among the first `limit` of their group, judged by the order's first term.

    Sorting by five columns costs ten times as much as sorting one number per row, and one number rules out most rows.
    """
    return smallest_of_group(codes, _from_best(rows, term), limit)


def _from_best(rows: pl.DataFrame, term: str) -> np.ndarray:
    """A number per row, smaller for what the term puts first."""
    values = ascending(rows[term.removeprefix("-")])
    return values.max(initial=0) - values if term.startswith("-") else values


def _in_order_of_keys(codes: np.ndarray, keys: pl.DataFrame) -> np.ndarray:
    """Other numbers of the groups, which rise with the keys from 0 on."""
    heads = np.full(int(codes.max(initial=0)) + 1, -1)
    heads[codes] = np.arange(len(codes))  # a row of each group
    found = np.flatnonzero(heads >= 0)
    ascending_keys = keys[heads[found]].with_row_index("_group").sort(keys.columns)["_group"].to_numpy()
    places = np.zeros(len(heads), np.int64)
    places[found[ascending_keys]] = np.arange(len(found))
    return places[codes]

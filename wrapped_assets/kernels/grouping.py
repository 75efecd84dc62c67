"""Groups rows by two or three ids: sums, least and greatest values and counts of each group."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import polars as pl

from wrapped_assets.acceleration import can_run, run, run_once
from wrapped_assets.kernels.engines import engine_for
from wrapped_assets.kernels.inside.best import dense_codes
from wrapped_assets.kernels.inside.ordering import least_of_groups, ordered_inside, split_inside, standing_together, sums_of_groups

_BITS = 63  # of a positive number


def grouped(
    frame: pl.LazyFrame, by: Sequence[str], *, sums: Sequence[str] = (), least: Sequence[str] = (), most: Sequence[str] = (),
    count: str = "",
) -> pl.LazyFrame:  # fmt: skip
    """Returns one row per group of the ids `by`: sums, least and greatest values of columns and, as `count`, the number of rows.

    There are two or three ids. Ids and sums are whole numbers, least and greatest values also dates or instants, so that kernels group
    them; Polars groups fractions. Nulls are left out. Row
    order does not matter. Fastest where the first id is a listener's and long runs of rows have the same.
    """
    chosen = frame.select(*by, *sums, *least, *most)
    types = chosen.collect_schema()
    schema = {name: types[name] for name in (*by, *sums, *least, *most)} | ({count: pl.Int64()} if count else {})
    has_fractions = any(types[name].is_float() or types[name].is_decimal() for name in (*by, *sums, *least, *most))

    def figures(rows: pl.DataFrame) -> pl.DataFrame:
        if has_fractions or not can_run(rows.height) or has_nulls(rows):
            return grouped_reference(rows.lazy(), by, sums, least, most, count).select(*schema).collect(engine=engine_for(rows.height))
        ids = [_numbers(rows[name]) for name in by]
        if count and not sums and not least and not most and (counted := _counted(ids)):
            return pl.DataFrame(dict(zip([*by, count], counted, strict=True))).select(_as(pl.col(name), schema[name]) for name in schema)
        order, starts = groups_of(*ids[:2])
        if len(ids) > 2:
            order, starts = run(split_inside, order, starts, ids[2])
        heads = order[starts[:-1]]
        found = {name: values[heads] for name, values in zip(by, ids, strict=True)}
        for name in sums:
            found[name] = run(sums_of_groups, order, starts, _numbers(rows[name]))
        for name in least:
            found[name] = run(least_of_groups, order, starts, _numbers(rows[name]))
        for name in most:
            found[name] = -run(least_of_groups, order, starts, -_numbers(rows[name]))
        if count:
            found[count] = np.diff(starts)
        return pl.DataFrame(found).select(_as(pl.col(name), schema[name]) for name in schema)

    return chosen.map_batches(figures, schema=schema, predicate_pushdown=False, projection_pushdown=False)


def grouped_reference(
    frame: pl.LazyFrame, by: Sequence[str], sums: Sequence[str], least: Sequence[str], most: Sequence[str], count: str
) -> pl.LazyFrame:
    """The same by Polars."""
    rows = {count: pl.len().cast(pl.Int64)} if count else {}
    figures = [*(pl.col(name).sum() for name in sums), *(pl.col(name).min() for name in least), *(pl.col(name).max() for name in most)]
    return frame.group_by(by).agg(*figures, **rows)


def groups_of(one: np.ndarray, two: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Returns (order, starts) as `ordered_inside` does, of rows in any order."""
    if (one[1:] >= one[:-1]).all():
        return run_once(ordered_inside, one, two)
    together = run_once(standing_together, one)
    order, starts = run_once(ordered_inside, one[together], two[together])
    return together[order], starts


def _counted(ids: Sequence[np.ndarray]) -> list[np.ndarray] | None:
    """Returns the ids of each group, and the number of its rows. None where one number cannot hold the ids of a row.

    The ids are numbered, the numbers packed into one, and these sorted, which takes a third of the time of bringing rows together.
    """
    coded = [_coded(one) for one in ids]
    bits = [len(values).bit_length() for _, values in coded]
    if sum(bits) > _BITS:
        return None
    packed = np.zeros(len(ids[0]), np.int64)
    for (codes, _), width in zip(coded, bits, strict=True):
        packed = (packed << width) | codes
    packed.sort()
    begins = np.flatnonzero(np.diff(packed, prepend=-1))
    groups, found = packed[begins], [np.diff(begins, append=len(packed))]
    for (_, values), width in reversed([*zip(coded, bits, strict=True)]):
        found.insert(0, values[groups & ((1 << width) - 1)])
        groups >>= width
    return found


def _coded(values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Returns a small number per row, and what each number stands for."""
    least, most = int(values.min()), int(values.max())
    if most - least < len(values):  # days, hours: the values themselves are few
        return values - least, np.arange(least, most + 1)
    codes = run(dense_codes, values)
    known = np.zeros(int(codes.max()) + 1, np.int64)
    known[codes] = values
    return codes, known


def has_nulls(rows: pl.DataFrame) -> bool:
    """Whether any value is null; Polars counts nulls as it makes a column, so this looks at no row."""
    return any(column.null_count() for column in rows.iter_columns())


def _numbers(values: pl.Series) -> np.ndarray:
    return values.to_physical().cast(pl.Int64).to_numpy()


def _as(values: pl.Expr, dtype: pl.DataType) -> pl.Expr:
    return values.cast(pl.Int32).cast(dtype) if dtype == pl.Date else values.cast(dtype)

"""Completes grids: every group gets a row for every value of each axis."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import polars as pl


def zero_filled(frame: pl.LazyFrame, by: Sequence[str], axes: Mapping[str, pl.Series]) -> pl.LazyFrame:
    """Returns each group of `frame` × each value of each axis, with 0 for missing rows. Values off the axes are dropped.

    `frame` has one row per group and combination of axis values; row order does not matter.
    """
    grid = frame.select(by).unique()
    for name, values in axes.items():
        grid = grid.join(values.alias(name).to_frame().lazy(), how="cross")
    keys = [*by, *axes]
    counts = pl.all().exclude(keys).fill_null(0)
    return grid.join(frame, on=keys, how="left").with_columns(counts)

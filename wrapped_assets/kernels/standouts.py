"""Finds the days that stand out, one for each kind of figure."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from functools import partial
from types import MappingProxyType

import polars as pl

from wrapped_assets.kernels.ranking import ranked

_DAY = ("listener_id", "local_date")
_OPAQUE = MappingProxyType({"predicate_pushdown": False, "projection_pushdown": False, "slice_pushdown": False})


def one_day_each(
    kinds: Mapping[str, pl.LazyFrame], days: pl.LazyFrame, least: Collection[str] = (), limit: int | None = None
) -> pl.LazyFrame:
    """Returns day_kind, listener_id, local_date, day_figure and listen_count: per kind and listener the best day not taken before.

    A kind's frame has a day_figure per day, the most of which is best; of the kinds in `least` the least. `days` has the listen_count
    of every day with any; a listener gets at most `limit` days. A tie goes to the day with more listens, then to the earlier one.
    """
    figure, rows = pl.col("day_figure").cast(pl.Float64), []
    for place, (kind, figures) in enumerate(kinds.items()):
        rows.append(figures.select(*_DAY, day_figure=figure, _by=-figure if kind in least else figure, _place=pl.lit(place)))
    told = pl.concat(rows).join(days, on=_DAY, how="left").with_columns(pl.col("listen_count").fill_null(0))
    # Earlier kinds took at most one day each, so as many candidates as kinds are enough.
    order = ["-_by", "-listen_count", "local_date"]
    best = ranked(told, ["_place", "listener_id"], order=order, rank="_rank", limit=len(kinds))
    chosen = best.map_batches(partial(_in_turn, limit=limit or len(kinds)), **_OPAQUE)
    return chosen.with_columns(day_kind=pl.col("_place").replace_strict(dict(enumerate(kinds)), return_dtype=pl.String))


def _in_turn(candidates: pl.DataFrame, limit: int) -> pl.DataFrame:
    taken = candidates.clear()
    for place in sorted(set(candidates["_place"])):
        free = candidates.filter(pl.col("_place") == place).join(taken, on=_DAY, how="anti")
        full = taken.group_by("listener_id").len().filter(pl.col("len") >= limit)
        free = free.join(full, on="listener_id", how="anti")
        taken = pl.concat([taken, free.sort("listener_id", "_rank").unique("listener_id", keep="first", maintain_order=True)])
    return taken

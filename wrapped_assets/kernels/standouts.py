"""Days that stand out, each by something of its own."""

from __future__ import annotations

from collections.abc import Collection, Mapping

import polars as pl

from wrapped_assets.kernels.ranking import ranked

_DAY = ("listener_id", "local_date")


def one_day_each(kinds: Mapping[str, pl.LazyFrame], days: pl.LazyFrame, least: Collection[str] = ()) -> pl.LazyFrame:
    """day_kind, listener_id, local_date, day_figure, listen_count: for each kind and listener the best day that no kind before it took.

    A kind's frame has a day_figure per day, the most of which is best; of the kinds in `least` the least. `days` has the listen_count
    of every day. A tie goes to the day with more listens, then to the earlier one.
    """
    best = []
    for place, (kind, figures) in enumerate(kinds.items()):
        figure = pl.col("day_figure").cast(pl.Float64)
        told = figures.select(*_DAY, day_figure=figure, _by=-figure if kind in least else figure).join(days, on=_DAY)
        # No more of the first days than there are kinds can have been taken.
        first = ranked(told, "listener_id", order=["-_by", "-listen_count", "local_date"], rank="_rank", limit=len(kinds))
        best.append(first.with_columns(day_kind=pl.lit(kind), _place=pl.lit(place)))
    return pl.concat(best).map_batches(_in_turn, predicate_pushdown=False, projection_pushdown=False, slice_pushdown=False)


def _in_turn(candidates: pl.DataFrame) -> pl.DataFrame:
    taken = candidates.clear()
    for place in sorted(set(candidates["_place"])):
        free = candidates.filter(pl.col("_place") == place).join(taken, on=_DAY, how="anti")
        taken = pl.concat([taken, free.sort("listener_id", "_rank").unique("listener_id", keep="first", maintain_order=True)])
    return taken

"""The order in which plays are landed: by bucket, UTC month, listener, time and track."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import polars as pl

from wrapped_assets.kernels.time_order import in_time_order
from wrapped_assets.vocabulary.periods import Month

_DAY_MS = 86_400_000


def by_variant(tracks: pl.DataFrame) -> tuple[pl.DataFrame, np.ndarray]:
    """Each track once, by variant; and which row of these each track became."""
    ids, first, places = np.unique(tracks["variant_id"].to_numpy(), return_index=True, return_inverse=True)
    return tracks if len(ids) == tracks.height and (first[1:] > first[:-1]).all() else tracks[first], places


def by_cell(plays: pl.DataFrame, people: np.ndarray, buckets: int) -> Iterator[tuple[int, Month, np.ndarray]]:
    """Each bucket and UTC month with its rows by listener and time. `listener_id` is a place in `people`."""
    listener, at = plays["listener_id"].to_numpy(), plays["listened_at"].to_physical().to_numpy()
    rank = np.empty(len(people), dtype=np.int64)
    rank[np.argsort(people)] = np.arange(len(people))
    day = at // _DAY_MS
    first = int(day.min())
    month_of_day = np.arange(first, int(day.max()) + 1).astype("datetime64[D]").astype("datetime64[M]").astype(np.int64)
    span = int(month_of_day[-1] - month_of_day[0]) + 1
    cell = (people & (buckets - 1))[listener] * span + (month_of_day - month_of_day[0])[day - first]
    rows = np.arange(len(cell)) if (cell[1:] >= cell[:-1]).all() else np.argsort(_narrow(cell), kind="stable")
    ends = np.append(np.flatnonzero(np.diff(cell[rows])) + 1, len(cell))
    for start, end in zip(np.append(0, ends[:-1]), ends, strict=True):
        mine = rows[start:end]
        bucket, month = divmod(int(cell[mine[0]]), span)
        year, zero_based = divmod(month + int(month_of_day[0]), 12)
        yield bucket, Month(1970 + year, zero_based + 1), mine[in_time_order(rank[listener[mine]], at[mine])]


def _narrow(numbers: np.ndarray) -> np.ndarray:
    """The numbers in 16 bits where they fit, for which NumPy's stable sort is linear."""
    return numbers.astype(np.uint16) if int(numbers.max()) < 2**16 else numbers


def ties_ordered(plays: pl.DataFrame) -> pl.DataFrame:
    """Puts plays of one listener and instant, which stand together, in a total order: by track, then by every other column."""
    key = ["listener_id", "listened_at", "variant_id"]
    listener, at = (plays[name].to_physical().to_numpy() for name in key[:2])
    is_same = (listener[1:] == listener[:-1]) & (at[1:] == at[:-1])
    tied = np.flatnonzero(np.append(is_same, False) | np.append(False, is_same))
    if not len(tied):
        return plays
    order = np.arange(plays.height)
    rows = plays[tied].with_columns(_row=tied, _tie=np.append(0, np.cumsum(~is_same))[tied])
    order[tied] = rows.sort("_tie", "variant_id", *(name for name in plays.columns if name not in key), nulls_last=True)["_row"].to_numpy()
    return plays[order]


def marked(rows: np.ndarray, count: int) -> np.ndarray:
    """Which of `count` numbers are among `rows`."""
    marked = np.zeros(count, dtype=bool)
    marked[rows] = True
    return marked

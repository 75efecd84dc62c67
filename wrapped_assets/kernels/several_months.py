"""Computes several months of an asset in one call: a listener's months stand side by side as listeners of their own.

    listener 7 in 2025-01, 2025-02      →  listeners 24300·2^32 + 0, 24301·2^32 + 0
    listener 9 in 2025-02               →  listener               24301·2^32 + 1

A function whose rows of a listener follow from that listener's rows alone then returns the rows of every month, by month, without
knowing of it. What it is given in place of its month tells nothing: only kernels, as those here, know which row is of which month.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import polars as pl

from wrapped_assets.vocabulary.periods import Month

_LISTENERS = 1 << 32  # that a month can hold
_DAY_MS, _EPOCH = 86_400_000, date(1970, 1, 1)


@dataclass(frozen=True, repr=False)
class Months:
    """Stands for the month in a call that computes several. A function that asks it for a name or a day is called month by month."""

    months: tuple[Month, ...]  # in their order

    def __repr__(self) -> str:
        raise TypeError("several months have no name")


@dataclass(frozen=True)
class Coding:
    """Numbers the listeners of some months, in the order of months and then of ids."""

    months: Months
    ids: np.ndarray  # every listener once, in order

    def coded(self, frames: Sequence[pl.DataFrame]) -> pl.DataFrame:
        """The rows of all months, one frame for each, with coded listeners. ValueError where a listener is unknown or null."""
        whole = pl.concat(frames)
        ids = whole["listener_id"]
        ranks = np.searchsorted(self.ids, ids.to_numpy())
        if ids.null_count() or not np.array_equal(self.ids[np.minimum(ranks, len(self.ids) - 1)], ids.to_numpy()):
            raise ValueError("a row of no listener of these months")
        months = np.repeat(self._numbers(), [frame.height for frame in frames])
        return whole.with_columns(pl.Series("listener_id", months * _LISTENERS + ranks))

    def of_each(self, rows: pl.DataFrame) -> list[pl.DataFrame]:
        """The rows of each month, with the listeners' ids, and with the month's name in place of a `month` that is null.

        The rows are by listener, so those of a month stand together. ValueError where a row is of no month.
        """
        codes, numbers = rows["listener_id"].to_numpy(), self._numbers()
        starts = np.searchsorted(codes, numbers * _LISTENERS)
        ends = np.searchsorted(codes, (numbers + 1) * _LISTENERS)
        if rows["listener_id"].null_count() or (ends - starts).sum() != rows.height:
            raise ValueError("a row of no month that was asked for")
        own = {"listener_id": pl.Series(self.ids[codes % _LISTENERS])}
        if "month" in rows.columns and rows["month"].null_count():
            names = pl.Series([str(month) for month in self.months.months])
            own["month"] = names.gather(np.repeat(np.arange(len(numbers)), ends - starts))
        whole = rows.with_columns(**own)
        return [whole.slice(start, end - start) for start, end in zip(starts, ends, strict=True)]

    def _numbers(self) -> np.ndarray:
        return np.array([month.ordinal for month in self.months.months], dtype=np.int64)


def listeners_in(frames: Sequence[pl.DataFrame]) -> np.ndarray:
    """Every listener that stands in any of the frames, once, in order."""
    found = [np.zeros(0, dtype=np.int64)]
    for frame in frames:
        ids = frame["listener_id"].to_numpy()
        found.append(ids[np.flatnonzero(np.diff(ids, prepend=ids[:1] - 1))])  # rows of a listener mostly stand together
    return np.unique(np.concatenate(found))


def month_numbers(listeners: pl.Series, month: Month | Months) -> pl.Series:
    """The ordinal of each listener's month."""
    return listeners * 0 + month.ordinal if isinstance(month, Month) else listeners // _LISTENERS


def in_month(day: pl.Expr, month: Month | Months) -> pl.Expr:
    """Whether a date lies in the month, or in the row's month of several."""
    if isinstance(month, Month):
        return day.is_between(month.first_day, month.last_day)
    return day.dt.year().cast(pl.Int64) * 12 + (day.dt.month() - 1) == pl.col("listener_id") // _LISTENERS


def first_ms(month: Month | Months) -> int:
    """The first millisecond of the month, or of the first of several, since 1970 by a local clock."""
    first = month if isinstance(month, Month) else month.months[0]
    return (first.first_day - _EPOCH).days * _DAY_MS


def ends_ms(listeners: np.ndarray, month: Month | Months) -> tuple[int | np.ndarray, int | np.ndarray]:
    """`first_ms` of each listener's month, and of the month behind it; one number each where there is one month."""
    if isinstance(month, Month):
        return first_ms(month), first_ms(month.shift(1))
    place = np.searchsorted([each.ordinal for each in month.months], listeners // _LISTENERS)
    first, end = (np.array([first_ms(each.shift(later)) for each in month.months], dtype=np.int64)[place] for later in (0, 1))
    return first, end

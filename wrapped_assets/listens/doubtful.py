"""Finds the plays that may repeat another one, whatever was played: only these need to be compared by song."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import polars as pl

from wrapped_assets.kernels.time_order import in_time_order, numbered, overlapping
from wrapped_assets.listens.within_format import reach

MOST_REMEMBERED = 1_000_000  # plays, some 50 MB with what is found of them
_COMPARED = ("listener_id", "listened_at", "ms_played", "resolution_ms", "is_scrobble", "source_code")


def is_doubtful(plays: pl.DataFrame) -> np.ndarray:
    """Whether each play may be a record of the same playback as another one.

    Within one format only plays that overlap in time are; between formats only plays of a listener who has several. Needs listener_id,
    listened_at, ms_played, resolution_ms, is_scrobble and source_code.
    """
    order, found = compared(plays)
    marked = np.zeros(plays.height, dtype=bool)
    marked[order] = found
    return marked


def by_time(plays: pl.DataFrame) -> pl.DataFrame:
    """The plays by listener and start, with `_is_doubtful`."""
    order, found = compared(plays)
    return plays.rechunk()[order].with_columns(_is_doubtful=found)  # of one piece: picking rows out of several takes three times as long


@dataclass(frozen=True, eq=False)
class _Facts:
    """The columns of some plays that are compared. Two of them are equal where all their values are."""

    plays: pl.DataFrame

    def __hash__(self) -> int:
        return self.plays.height

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Facts) and self.plays.equals(other.plays)


def compared(plays: pl.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    """The places of the plays by listener and start, and whether each of them in that order is doubtful.

    What the last plays gave is remembered: `plays` and `duplicates` ask in turn.
    """
    facts = plays.select(_COMPARED)
    return _remembered(_Facts(facts)) if plays.height <= MOST_REMEMBERED else _compared(facts)


@lru_cache(maxsize=1)
def _remembered(facts: _Facts) -> tuple[np.ndarray, np.ndarray]:
    order, found = _compared(facts.plays)
    return order, found  # the same arrays for all who ask: nobody changes them


def _compared(plays: pl.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    start, reached = spans(plays)
    listener = numbered(plays["listener_id"].to_numpy())
    order = in_time_order(listener, start)
    return order, doubtful_among(listener[order], start[order], reached[order], plays["source_code"].to_numpy()[order])


def doubtful_among(listener: np.ndarray, start: np.ndarray, reached: np.ndarray, codes: np.ndarray) -> np.ndarray:
    """Whether each play is doubtful. The plays are by listener, numbered from 0 without gaps, and start; `spans` has their times."""
    return overlapping(listener, start, reached) | _is_mixed(listener, codes)


def spans(plays: pl.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    """Each play's start and the instant before which its song cannot start again, in ms."""
    timed = plays.with_columns(_start=pl.col("listened_at").dt.epoch("ms")).select("_start", _reach=reach())
    return timed["_start"].to_numpy(), timed["_reach"].to_numpy()


def doubtful_plays(plays: pl.DataFrame) -> pl.DataFrame:
    """The plays that may be a record of the same playback as another one; see `is_doubtful`."""
    order, found = compared(plays)
    return plays[np.sort(order[found])]


def _is_mixed(listener: np.ndarray, codes: np.ndarray) -> np.ndarray:
    """Whether the play's listener has plays in several formats. `listener` are numbers from 0 in ascending order, without gaps."""
    if not len(codes) or (codes == codes[0]).all():
        return np.zeros(len(codes), dtype=bool)
    first = np.flatnonzero(np.diff(listener, prepend=-1))
    return (np.minimum.reduceat(codes, first) != np.maximum.reduceat(codes, first))[listener]

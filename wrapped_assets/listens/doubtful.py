"""Finds the plays that may repeat another one, whatever was played: only these need to be compared by song."""

from __future__ import annotations

import numpy as np
import polars as pl

from wrapped_assets.kernels.time_order import in_time_order, numbered, overlapping
from wrapped_assets.listens.within_format import reach


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


def compared(plays: pl.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    """The places of the plays by listener and start, and whether each of them in that order is doubtful."""
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
    return plays.filter(is_doubtful(plays))


def _is_mixed(listener: np.ndarray, codes: np.ndarray) -> np.ndarray:
    """Whether the play's listener has plays in several formats. `listener` are numbers from 0 in ascending order, without gaps."""
    if not len(codes) or (codes == codes[0]).all():
        return np.zeros(len(codes), dtype=bool)
    first = np.flatnonzero(np.diff(listener, prepend=-1))
    return (np.minimum.reduceat(codes, first) != np.maximum.reduceat(codes, first))[listener]

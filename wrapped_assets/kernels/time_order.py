"""Orders and compares the plays of many listeners by time, on one integer per play."""

from __future__ import annotations

import numpy as np

_FEW_RUNS = 8  # ordered ones, which NumPy's stable sort merges several times faster than the other sorts
SPAN_BITS = 43  # of milliseconds: two plays that are compared lie less than 278 years apart


def in_time_order(listener: np.ndarray, start_ms: np.ndarray) -> np.ndarray:
    """Returns the places of the plays by listener, then start; of equal ones in no fixed order.

    `listener` are numbers from 0 (below 2**20 of them one integer holds both), in the order that is wanted.
    """
    if not len(listener):
        return np.zeros(0, dtype=np.int64)
    since = start_ms.astype(np.int64) - int(start_ms.min())
    if int(listener.max()) >> (63 - SPAN_BITS) or int(since.max()) >> SPAN_BITS:
        return np.lexsort((since, listener))
    key = (listener.astype(np.int64) << SPAN_BITS) | since
    falls = np.count_nonzero(key[1:] < key[:-1])
    if not falls:
        return np.arange(len(key))
    return np.argsort(key, kind="stable" if falls < _FEW_RUNS else None)


def numbered(ids: np.ndarray) -> np.ndarray:
    """Numbers ids from 0 in their order; equal ids have one number. Fast where equal ids mostly stand together."""
    first = np.flatnonzero(np.concatenate([[True], ids[1:] != ids[:-1]])[: len(ids)])
    numbers = np.unique(ids[first], return_inverse=True)[1]
    return np.repeat(numbers, np.diff(np.append(first, len(ids))))


def is_among(ids: np.ndarray, known: np.ndarray) -> np.ndarray:
    """Whether each id is among the known ones, which are sorted."""
    if not len(known):
        return np.zeros(len(ids), dtype=bool)
    return known[np.minimum(np.searchsorted(known, ids), len(known) - 1)] == ids


def overlapping(listener: np.ndarray, start_ms: np.ndarray, reach_ms: np.ndarray) -> np.ndarray:
    """Marks the plays that start before an earlier one of their listener has reached its end, and those earlier ones.

    The rows are in the order of `in_time_order`; reaches are later than their starts. Ends only ever grow along a listener's plays:
    a play overlaps an earlier one exactly if it starts before the furthest of the earlier reaches. If it does, so does the play right
    behind that earlier one; where no two neighbours overlap, no plays do.
    """
    marked = np.zeros(len(listener), dtype=bool)
    if not np.any((start_ms[1:] < reach_ms[:-1]) & (listener[1:] == listener[:-1])):
        return marked
    apart = int(reach_ms.max()) - int(start_ms.min()) + 1  # shifts each listener's plays behind those of the one before
    shift = numbered(listener) * apart
    start, reach = start_ms + shift, reach_ms + shift
    furthest = np.maximum.accumulate(reach)
    marked[1:] = start[1:] < furthest[:-1]
    marked[:-1] |= start[1:] < reach[:-1]
    return marked

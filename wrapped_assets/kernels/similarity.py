"""Computes listeners' similarity by their listens, in blocks to bound memory; results do not depend on the size of blocks."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
import polars as pl
import scipy  # which imports `scipy.sparse` at its first use

from wrapped_assets.kernels.blocks import intervals_of
from wrapped_assets.kernels.ranges import EVERYTHING, Ranges
from wrapped_assets.vocabulary import columns as c

ROWS_PER_BLOCK = 2_000_000  # of listens by recording: some 200 MB, twice where two blocks are compared
CELLS_PER_BLOCK = 4_000_000  # listeners of one block × some of another: 32 MB, held a few times
CELLS_OF_DENSE = 1_000_000  # listeners × recordings: 8 MB
FEWEST_LISTENS = 50  # of a listener whose taste is compared
DIGITS = 9  # of a similarity, so that equal values do not differ by a processor's rounding
SCHEMA = MappingProxyType(
    {column.name: column.dtype for column in (c.listener_id, c.similar_rank, c.similar_listener_id, c.similarity_share)}
)


@dataclass(frozen=True)
class _Block:
    """Listeners who follow one another by id, the length of each one's vector, and its elements: listener, recording, listens."""

    listeners: np.ndarray
    lengths: np.ndarray
    rows: np.ndarray
    recordings: np.ndarray
    values: np.ndarray


def most_alike(
    heard: pl.LazyFrame, limit: int, *, fewest: int = 1, within: Ranges = EVERYTHING, rows: int = ROWS_PER_BLOCK,
    cells: int = CELLS_PER_BLOCK,
) -> pl.LazyFrame:  # fmt: skip
    """Returns (SCHEMA) per listener `within` up to `limit` others with a recording in common, by the cosine of their counts.

    `heard` has one row per listener_id and recording_id with a positive listen_count; listeners with less than `fewest` listens are left
    out. Counts are whole numbers in float64, so sums of products are exact in any order below 2^53, about 90 million listens per
    listener. Cosines are rounded to DIGITS; a tie goes to the smaller id.

    The result is computed eagerly, block by block of some `rows` rows, each of which is compared with each: memory does not grow with
    the listeners, but for `limit` rows of each that is `within`. `heard`, which may be a scan, is read once for each pair of blocks.
    """
    others = intervals_of(heard, "listener_id", rows)
    own = others if within.are_all else intervals_of(heard.filter(within.holds("listener_id")), "listener_id", rows)
    parts = [pl.DataFrame(schema=SCHEMA)]
    for interval in own:
        mine = _block(heard.filter(within.holds("listener_id")), interval, fewest)
        best = [np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64), np.zeros(0)]  # listeners, others, similarities
        rank = np.zeros(0, dtype=np.int64)
        for beside in others if len(mine.listeners) else ():
            other = mine if beside == interval and within.are_all else _block(heard, beside, fewest)
            if len(other.listeners):
                every = [best, *_compared(mine, other, limit, cells)]
                *best, rank = _best(*(np.concatenate(each) for each in zip(*every, strict=True)), limit)
        alike = {"listener_id": best[0], "similar_rank": rank, "similar_listener_id": best[1], "similarity_share": best[2]}
        parts.append(pl.DataFrame(alike, schema=SCHEMA))
    return pl.concat(parts).lazy()


def _block(heard: pl.LazyFrame, interval: tuple[int, int], fewest: int) -> _Block:
    """The listeners whose id is in an interval, its ends included, and who have so many listens."""
    near = heard.filter(pl.col("listener_id").is_between(*interval)).select("listener_id", "recording_id", "listen_count")
    counts = near.collect(engine="streaming")
    ids, rows = np.unique(counts["listener_id"].to_numpy(), return_inverse=True)
    values = counts["listen_count"].to_numpy().astype(np.float64)
    is_kept = np.bincount(rows, weights=values, minlength=len(ids)) >= fewest
    is_here = is_kept[rows]
    rows, values = (np.cumsum(is_kept) - 1)[rows[is_here]], values[is_here]
    lengths = np.sqrt(np.bincount(rows, weights=values * values, minlength=int(is_kept.sum())))
    return _Block(ids[is_kept], lengths, rows, counts["recording_id"].to_numpy()[is_here], values)


def _compared(mine: _Block, other: _Block, limit: int, cells: int) -> Iterator[tuple[np.ndarray, np.ndarray, np.ndarray]]:
    """For some listeners of a block after the other: listener, other listener and similarity of the `limit` most alike and their equals."""
    is_same = mine is other
    known = _shared(mine, other, is_same=is_same)
    is_dense = (len(mine.listeners) + len(other.listeners)) * len(known) <= CELLS_OF_DENSE  # loading SciPy takes a tenth of a second
    left = _vectors(mine, known, is_dense=is_dense)
    right = left if is_same else _vectors(other, known, is_dense=is_dense)
    size = max(cells // len(other.listeners), 1)
    for first in range(0, len(mine.listeners), size):
        products = left[first : first + size] @ right.T
        cosines = products if is_dense else products.toarray()
        cosines /= mine.lengths[first : first + size, None] * other.lengths[None, :]
        np.round(cosines, DIGITS, out=cosines)
        own = mine.listeners[first : first + size]
        places = np.minimum(np.searchsorted(other.listeners, own), len(other.listeners) - 1)
        themselves = np.flatnonzero(other.listeners[places] == own)
        cosines[themselves, places[themselves]] = 0
        row, column, value = _best_of_rows(cosines, limit)
        yield mine.listeners[first + row], other.listeners[column], value


def _shared(mine: _Block, other: _Block, *, is_same: bool) -> np.ndarray:
    """The recordings that may be common to two listeners: those of both blocks, of one block those that several heard."""
    recordings, counts = np.unique(mine.recordings, return_counts=True)
    return recordings[counts > 1] if is_same else np.intersect1d(recordings, np.unique(other.recordings), assume_unique=True)


def _vectors(block: _Block, known: np.ndarray, *, is_dense: bool) -> np.ndarray | scipy.sparse.csr_array:
    """A row per listener, a column per known recording."""
    columns = np.minimum(np.searchsorted(known, block.recordings), max(len(known) - 1, 0))
    is_known = known[columns] == block.recordings if len(known) else np.zeros(len(columns), dtype=bool)
    shape = (len(block.listeners), len(known))
    return (_dense if is_dense else _sparse)(block.rows[is_known], columns[is_known], block.values[is_known], shape)


def _dense(rows: np.ndarray, columns: np.ndarray, values: np.ndarray, shape: tuple[int, int]) -> np.ndarray:
    matrix = np.zeros(shape)
    matrix[rows, columns] = values
    return matrix


def _sparse(rows: np.ndarray, columns: np.ndarray, values: np.ndarray, shape: tuple[int, int]) -> scipy.sparse.csr_array:
    return scipy.sparse.coo_array((values, (rows, columns)), shape=shape).tocsr()


def _best_of_rows(values: np.ndarray, limit: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Row, column and value of the `limit` largest positive values of each row, and of those that equal the last of them."""
    limit = min(limit, values.shape[1])
    least = np.partition(values, values.shape[1] - limit, axis=1)[:, values.shape[1] - limit]
    row, column = np.nonzero((values >= least[:, None]) & (values > 0))
    return row, column, values[row, column]


def _best(
    listener: np.ndarray, other: np.ndarray, value: np.ndarray, limit: int
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """The `limit` most alike of each listener, by listener and rank, and the ranks; a tie goes to the smaller id."""
    order = np.lexsort((other, -value, listener))
    listener, other, value = listener[order], other[order], value[order]
    rank = np.arange(len(listener)) - np.searchsorted(listener, listener) + 1
    kept = rank <= limit
    return listener[kept], other[kept], value[kept], rank[kept]

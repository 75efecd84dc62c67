"""Computes listeners' similarity by their listens, in blocks to bound memory; results do not depend on the block size."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
import polars as pl
from scipy import sparse

from wrapped_assets.vocabulary import columns as c

CELLS_PER_BLOCK = 4_000_000  # block listeners × all listeners: 32 MB, held a few times
FEWEST_LISTENS = 50  # of a listener whose taste is compared
DIGITS = 9  # of a similarity, so that equal values do not differ by a processor's rounding
SCHEMA = MappingProxyType(
    {column.name: column.dtype for column in (c.listener_id, c.similar_rank, c.similar_listener_id, c.similarity_share)}
)


@dataclass(frozen=True)
class Counts:
    """The matrix of listens with one row per listener and one column per recording, both in ascending order of ids.

    Values are whole numbers in float64, so sums of products are exact in any order below 2^53, about 90 million listens per listener.
    """

    listeners: np.ndarray
    recordings: np.ndarray
    matrix: sparse.csr_array

    @classmethod
    def of(cls, counts: pl.DataFrame) -> Counts:
        """Builds the matrix from one row per listener_id and recording_id with a positive listen_count."""
        listeners, rows = np.unique(counts["listener_id"].to_numpy(), return_inverse=True)
        recordings, columns = np.unique(counts["recording_id"].to_numpy(), return_inverse=True)
        values = counts["listen_count"].to_numpy().astype(np.float64)
        matrix = sparse.coo_array((values, (rows, columns)), shape=(len(listeners), len(recordings))).tocsr()
        return cls(listeners, recordings, matrix)

    def blocks(self, width: int, block: int | None) -> Iterator[slice]:
        """Yields ranges of listeners, `block` at a time, or as many as fit into the bound with `width` columns."""
        size = block or max(CELLS_PER_BLOCK // max(width, 1), 1)
        return (slice(first, min(first + size, len(self.listeners))) for first in range(0, len(self.listeners), size))


def most_alike(counts: pl.DataFrame, limit: int, block: int | None = None) -> pl.DataFrame:
    """Returns (SCHEMA) per listener up to `limit` others with a recording in common, by the cosine of their counts as in `Counts.of`.

    Cosines are rounded to DIGITS; a tie goes to the smaller id.
    """
    known = Counts.of(counts)
    # A recording heard by a single listener adds to that listener's norm, but to no similarity.
    lengths = np.sqrt(np.asarray(known.matrix.multiply(known.matrix).sum(axis=1)).ravel())
    shared = known.matrix[:, np.bincount(known.matrix.indices, minlength=len(known.recordings)) > 1]
    by_recording = shared.T.tocsr()
    parts = []
    for rows in known.blocks(len(known.listeners), block):
        cosines = (shared[rows] @ by_recording).toarray()
        cosines /= lengths[rows, None] * lengths[None, :]
        np.round(cosines, DIGITS, out=cosines)
        cosines[np.arange(len(cosines)), np.arange(rows.start, rows.stop)] = 0  # exclude the listener themselves
        parts.append(_best_of_rows(cosines, limit, rows.start))
    row, column, value, rank = (np.concatenate(each) for each in zip(*parts, strict=True)) if parts else (np.zeros(0, dtype=np.int64),) * 4
    return pl.DataFrame(
        {
            "listener_id": known.listeners[row], "similar_rank": rank, "similar_listener_id": known.listeners[column],
            "similarity_share": value,
        },
        schema=SCHEMA,
    )  # fmt: skip


def _best_of_rows(values: np.ndarray, limit: int, first_row: int) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Returns row, column, value and rank of the largest positive values of each row; a tie goes to the first column."""
    limit = min(limit, values.shape[1])
    least = np.partition(values, values.shape[1] - limit, axis=1)[:, values.shape[1] - limit]
    row, column = np.nonzero((values >= least[:, None]) & (values > 0))
    value = values[row, column]
    order = np.lexsort((column, -value, row))
    row, column, value = row[order], column[order], value[order]
    rank = np.arange(len(row)) - np.searchsorted(row, row) + 1
    kept = rank <= limit
    return row[kept] + first_row, column[kept], value[kept], rank[kept]

"""How alike listeners are by what they listened to: exact, and in blocks, so that memory has a bound and no block size shows."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
import polars as pl
from scipy import sparse

from wrapped_assets.vocabulary import columns as c

CELLS_PER_BLOCK = 4_000_000  # of a block of listeners beside all listeners: 32 MB, a few times over
DIGITS = 9  # of a similarity: what is equal must not differ by how a processor rounds
SCHEMA = MappingProxyType(
    {column.name: column.dtype for column in (c.listener_id, c.similar_rank, c.similar_listener_id, c.similarity_share)}
)


@dataclass(frozen=True)
class Counts:
    """Listens per listener and recording: ids in ascending order, a row of the matrix for each listener.

    Whole numbers in float64: their products and sums stay whole, and exact in any order, below 2^53, some 90 million listens each.
    """

    listeners: np.ndarray
    recordings: np.ndarray
    matrix: sparse.csr_array

    @classmethod
    def of(cls, counts: pl.DataFrame) -> Counts:
        """From one row per listener_id and recording_id with a positive listen_count."""
        listeners, rows = np.unique(counts["listener_id"].to_numpy(), return_inverse=True)
        recordings, columns = np.unique(counts["recording_id"].to_numpy(), return_inverse=True)
        values = counts["listen_count"].to_numpy().astype(np.float64)
        matrix = sparse.coo_array((values, (rows, columns)), shape=(len(listeners), len(recordings))).tocsr()
        return cls(listeners, recordings, matrix)

    def blocks(self, width: int, block: int | None) -> Iterator[slice]:
        """Listeners in turn, `block` at a time, or as many as fit into the bound beside `width` columns."""
        size = block or max(CELLS_PER_BLOCK // max(width, 1), 1)
        return (slice(first, min(first + size, len(self.listeners))) for first in range(0, len(self.listeners), size))


def most_alike(counts: pl.DataFrame, limit: int, block: int | None = None) -> pl.DataFrame:
    """SCHEMA: for each listener up to `limit` others with a recording in common, by the cosine of their counts; these as in `Counts.of`.

    A tie of the cosine, rounded to DIGITS, goes to the smaller id.
    """
    known = Counts.of(counts)
    # A recording that one alone heard adds to that one's length, and to nobody's likeness.
    lengths = np.sqrt(np.asarray(known.matrix.multiply(known.matrix).sum(axis=1)).ravel())
    shared = known.matrix[:, np.bincount(known.matrix.indices, minlength=len(known.recordings)) > 1]
    by_recording = shared.T.tocsr()
    parts = []
    for rows in known.blocks(len(known.listeners), block):
        cosines = (shared[rows] @ by_recording).toarray()
        cosines /= lengths[rows, None] * lengths[None, :]
        np.round(cosines, DIGITS, out=cosines)
        cosines[np.arange(len(cosines)), np.arange(rows.start, rows.stop)] = 0  # nobody is like themselves
        parts.append(_best_of_rows(cosines, limit, rows.start))
    row, column, value, rank = (np.concatenate(each) for each in zip(*parts, strict=True)) if parts else (np.empty(0, dtype=np.int64),) * 4
    return pl.DataFrame(
        {
            "listener_id": known.listeners[row], "similar_rank": rank, "similar_listener_id": known.listeners[column],
            "similarity_share": value,
        },
        schema=SCHEMA,
    )  # fmt: skip


def _best_of_rows(values: np.ndarray, limit: int, first_row: int) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Row, column, value and rank of the largest positive values of each row; of equals the first column."""
    limit = min(limit, values.shape[1])
    least = np.partition(values, values.shape[1] - limit, axis=1)[:, values.shape[1] - limit]
    row, column = np.nonzero((values >= least[:, None]) & (values > 0))
    value = values[row, column]
    order = np.lexsort((column, -value, row))
    row, column, value = row[order], column[order], value[order]
    rank = np.arange(len(row)) - np.searchsorted(row, row) + 1
    kept = rank <= limit
    return row[kept] + first_row, column[kept], value[kept], rank[kept]

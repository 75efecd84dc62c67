"""Computes listeners' similarity by their listens, in blocks to bound memory; results do not depend on the block size."""

from __future__ import annotations

from types import MappingProxyType

import numpy as np
import polars as pl
import scipy  # which imports `scipy.sparse` at its first use

from wrapped_assets.vocabulary import columns as c

CELLS_PER_BLOCK = 4_000_000  # block listeners × all listeners: 32 MB, held a few times
CELLS_OF_DENSE = 1_000_000  # listeners × recordings: 8 MB
FEWEST_LISTENS = 50  # of a listener whose taste is compared
DIGITS = 9  # of a similarity, so that equal values do not differ by a processor's rounding
SCHEMA = MappingProxyType(
    {column.name: column.dtype for column in (c.listener_id, c.similar_rank, c.similar_listener_id, c.similarity_share)}
)


def most_alike(counts: pl.DataFrame, limit: int, block: int | None = None) -> pl.DataFrame:
    """Returns (SCHEMA) per listener up to `limit` others with a recording in common, by the cosine of their counts.

    `counts` has one row per listener_id and recording_id with a positive listen_count. Counts are whole numbers in float64, so sums of
    products are exact in any order below 2^53, about 90 million listens per listener. Cosines are rounded to DIGITS; a tie goes to the
    smaller id. `block` is how many listeners are compared with all at a time: as many as fit into CELLS_PER_BLOCK unless given.
    """
    listeners, rows = np.unique(counts["listener_id"].to_numpy(), return_inverse=True)
    columns = np.unique(counts["recording_id"].to_numpy(), return_inverse=True)[1]
    values = counts["listen_count"].to_numpy().astype(np.float64)
    lengths = np.sqrt(np.bincount(rows, weights=values * values, minlength=len(listeners)))
    # A recording heard by a single listener adds to that listener's length, but to no similarity.
    is_shared = (np.bincount(columns) > 1)[columns]
    rows, values, (known, columns) = rows[is_shared], values[is_shared], np.unique(columns[is_shared], return_inverse=True)
    is_dense = len(listeners) * len(known) <= CELLS_OF_DENSE  # loading SciPy takes a tenth of a second
    shared = (_dense if is_dense else _sparse)(rows, columns, values, (len(listeners), len(known)))
    size = block or max(CELLS_PER_BLOCK // max(len(listeners), 1), 1)
    parts = []
    for first in range(0, len(listeners), size):
        products = shared[first : first + size] @ shared.T
        cosines = products if is_dense else products.toarray()
        cosines /= lengths[first : first + size, None] * lengths[None, :]
        np.round(cosines, DIGITS, out=cosines)
        cosines[np.arange(len(cosines)), np.arange(first, first + len(cosines))] = 0  # exclude the listener themselves
        parts.append(_best_of_rows(cosines, limit, first))
    row, column, value, rank = (np.concatenate(each) for each in zip(*parts, strict=True)) if parts else (np.zeros(0, dtype=np.int64),) * 4
    return pl.DataFrame(
        {"listener_id": listeners[row], "similar_rank": rank, "similar_listener_id": listeners[column], "similarity_share": value},
        schema=SCHEMA,
    )


def _dense(rows: np.ndarray, columns: np.ndarray, values: np.ndarray, shape: tuple[int, int]) -> np.ndarray:
    matrix = np.zeros(shape)
    matrix[rows, columns] = values
    return matrix


def _sparse(rows: np.ndarray, columns: np.ndarray, values: np.ndarray, shape: tuple[int, int]) -> scipy.sparse.csr_array:
    return scipy.sparse.coo_array((values, (rows, columns)), shape=shape).tocsr()


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

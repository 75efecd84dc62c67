"""A row of the manifest: where a cell's file is, and which inputs it was computed from."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from wrapped_assets.kernels.versions import SCHEME
from wrapped_assets.vocabulary.periods import Cell


@dataclass(frozen=True, slots=True)
class StoredCell:
    """One stored cell; its path is relative to the data root."""

    cell: Cell
    input_version: str
    logic: str
    rules: str
    inputs: str  # a line per partition that was read, "asset partition\tcolumn=digest,…": see planning/plan.py
    data_version: str
    column_hashes: dict[str, str]
    row_count: int
    byte_count: int
    seconds: float
    reason: str
    path: str
    file_hash: str
    written_at: datetime
    scheme: int = SCHEME  # of its content hashes

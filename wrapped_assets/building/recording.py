"""Stores a unit's results: first the files, named by their content, then one transaction that points to them."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime

import polars as pl
import sqlalchemy as sa

from wrapped_assets.building.pin import Moved, Pin
from wrapped_assets.building.situate import Project
from wrapped_assets.contracts.errors import RegistryUnavailable
from wrapped_assets.contracts.stored_cell import StoredCell
from wrapped_assets.planning.plan import Reason, written_inputs
from wrapped_assets.planning.situation import Situation
from wrapped_assets.storage import manifest
from wrapped_assets.storage.cell_files import CellRows, write_cells
from wrapped_assets.storage.in_flight import check_in_flight
from wrapped_assets.storage.records import write_records
from wrapped_assets.storage.root import Root
from wrapped_assets.storage.stored_files import Transaction
from wrapped_assets.vocabulary.periods import Cell


@dataclass(frozen=True)
class Work:
    """A cell that is to be computed, why, and the version of what it is computed from."""

    cell: Cell
    reason: Reason
    input_version: str


@dataclass(frozen=True)
class Computed:
    """A cell's rows, and what is to be recorded of them; the size and hash of the file are known once it is written."""

    work: Work
    rows: CellRows
    stored: StoredCell

    @classmethod
    def of(cls, situation: Situation, work: Work, frame: pl.DataFrame, seconds: float) -> Computed:
        """As of now: `situation` holds what the cell was computed from."""
        cell = work.cell
        known = situation.stored.get(cell)
        rows = CellRows.of(cell, frame, known, is_other_code=known is not None and known.logic != situation.logic[cell.asset])
        stored = StoredCell(
            cell=cell,
            input_version=work.input_version,
            logic=situation.logic[cell.asset],
            rules=situation.rules_version(situation.graph.by_key[cell.asset], cell.period),
            inputs=written_inputs(situation, cell),
            data_version=rows.data_version,
            column_hashes=rows.column_hashes,
            row_count=frame.height,
            byte_count=0,
            seconds=seconds,
            reason=work.reason,
            path=rows.path,
            file_hash="",
            written_at=datetime.now(UTC),
        )
        return cls(work, rows, stored)


def record(project: Project, pin: Pin, done: Sequence[Computed]) -> list[StoredCell]:
    """Writes and records cells. Moved, and nothing recorded nor left, where anything that they read is another by now."""
    if not done:
        return []
    root, stored = project.root, list[StoredCell]()
    check_in_flight(root)
    try:
        stored = _written(root, done, lambda: _noting(project, pin, done))
        with project.own_records() as connection:
            pin.check(connection, [each.work.cell for each in done])
            # Somebody may have removed one before this transaction began.
            if missing := root.files.unrecordable(connection, [(found.path, found.byte_count) for found in stored]):
                raise Moved(missing[0])
            replaced = manifest.record_cells(connection, root, stored)
            pin.recorded(connection)
            write_records(root, stored, syncs=False)  # the manifest says the same; `Pass` syncs them once a unit
    except BaseException:
        with suppress(RegistryUnavailable):  # then the next build sweeps
            manifest.remove_unnamed(root, [each.rows.path for each in done] + [found.path for found in stored])
        raise
    manifest.remove_unnamed(root, replaced)
    return stored


@contextmanager
def _noting(project: Project, pin: Pin, done: Sequence[Computed]) -> Iterator[sa.Connection]:
    """A transaction that notes the names of files that are about to be sent: no change of the world that the unit was pinned to."""
    with project.own_records() as connection:
        pin.check(connection, [each.work.cell for each in done])
        yield connection
        pin.recorded(connection)


def _written(root: Root, done: Sequence[Computed], transaction: Transaction) -> list[StoredCell]:
    """Writes the cells' files, unless they are there, and says what is to be recorded."""
    started = time.monotonic()
    files = write_cells(root, [each.rows for each in done], transaction)
    share, now = (time.monotonic() - started) / len(done), datetime.now(UTC)
    return [
        replace(
            each.stored, path=file.path, byte_count=file.byte_count, file_hash=file.file_hash,
            seconds=each.stored.seconds + share, written_at=now,
        )
        for each, file in zip(done, files, strict=True)
    ]  # fmt: skip

"""Stores a unit's results: first the files, named by their content, then one transaction that points to them."""

from __future__ import annotations

import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime

import polars as pl

from wrapped_assets.building.pin import Moved, Pin
from wrapped_assets.building.situate import Project
from wrapped_assets.contracts.errors import RegistryUnavailable
from wrapped_assets.contracts.stored_cell import StoredCell
from wrapped_assets.planning.plan import Reason, written_inputs
from wrapped_assets.planning.situation import Situation
from wrapped_assets.storage import manifest
from wrapped_assets.storage.cell_files import write_cell
from wrapped_assets.storage.records import write_records
from wrapped_assets.storage.transactions import exclusive
from wrapped_assets.vocabulary.periods import Cell


@dataclass(frozen=True)
class Work:
    """A cell that is to be computed, why, and the version of what it is computed from."""

    cell: Cell
    reason: Reason
    input_version: str


@dataclass(frozen=True)
class Computed:
    """A cell's rows, and the seconds that they took."""

    work: Work
    frame: pl.DataFrame
    seconds: float


def record(project: Project, situation: Situation, pin: Pin, done: Sequence[Computed]) -> list[StoredCell]:
    """Writes and records cells. Moved, and nothing recorded nor left, where anything that they read is another by now."""
    if not done:
        return []
    root = project.root
    written: list[str] = []
    try:
        stored = [_written(project, situation, each, written) for each in done]
        with exclusive(root.engine) as connection:
            pin.check(connection, [each.work.cell for each in done])
            if missing := [found for found in stored if not project.looks_whole(found)]:  # removed before this transaction began
                raise Moved(str(missing[0].cell))
            replaced = manifest.record_cells(connection, root, stored)
            pin.recorded(connection)
            write_records(root, stored, syncs=False)  # the manifest says the same; `Pass` syncs them once a unit
    except BaseException:
        with suppress(RegistryUnavailable):  # then the next build sweeps
            manifest.remove_unnamed(root, written)
        raise
    manifest.remove_unnamed(root, replaced)
    return stored


def _written(project: Project, situation: Situation, each: Computed, written: list[str]) -> StoredCell:
    """Writes a cell's file, unless it is there, and says what is to be recorded; `written` gets the path of a new one."""
    started = time.monotonic()
    root, cell, frame = project.root, each.work.cell, each.frame
    file = write_cell(root, cell, frame, situation.stored.get(cell))
    if file.is_new:
        written.append(file.path)
    return StoredCell(
        cell=cell,
        input_version=each.work.input_version,
        logic=situation.logic[cell.asset],
        rules=situation.rules_version(situation.graph.by_key[cell.asset], cell.period),
        inputs=written_inputs(situation, cell),
        data_version=file.data_version,
        column_hashes=file.column_hashes,
        row_count=frame.height,
        byte_count=file.byte_count,
        seconds=each.seconds + time.monotonic() - started,
        reason=each.work.reason,
        path=file.path,
        file_hash=file.file_hash,
        written_at=datetime.now(UTC),
    )

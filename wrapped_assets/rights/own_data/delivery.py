"""Own data on its way out: through the same steps as every export, with a clearance of its own, and destroyed after thirty days.

It needs no threshold, noise or consent. Its clearance checks that nothing is missing and that nothing is about anybody else.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from wrapped_assets.contracts.errors import InputError
from wrapped_assets.contracts.graph import Graph
from wrapped_assets.privacy import passage
from wrapped_assets.privacy.policy import policy_of
from wrapped_assets.privacy.recalling import OWN_DATA
from wrapped_assets.rights.own_data.clearance import faults_of
from wrapped_assets.rights.own_data.files import pack
from wrapped_assets.rights.own_data.from_lake import lake_of
from wrapped_assets.rights.own_data.staging import snapshot_id_of, write_everything
from wrapped_assets.storage import exports
from wrapped_assets.storage.exports import ExportRecord
from wrapped_assets.storage.registry import Listener
from wrapped_assets.storage.root import Root


@dataclass(frozen=True)
class Delivered:
    """Own data that was handed over: its record, where it lies, the paths of its files, and how many rows they have."""

    record: ExportRecord
    folder: Path
    files: list[str]
    rows: int


def own_data(
    root: Root, graph: Graph, listener: Listener, *, out: Path | None = None, locale: str = "en", zipped: bool = False,
    now: datetime | None = None,
) -> Delivered:  # fmt: skip
    """Everything about a listener in a new folder. RefusedError, and nothing is written, where the clearance finds a fault."""
    if out is not None and out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise InputError("the output folder exists and is not empty: choose a new one with --out")
    record, rows = stage(root, graph, listener, locale=locale, now=now)
    try:
        clear(root, graph, listener, record.export_id)
        folder, files = deliver(root, record.export_id, out, zipped=zipped, now=now)
    finally:
        passage.forget_staged(root, record.export_id)
    return Delivered(exports.find_export(root, record.export_id), folder, files, rows)


def stage(root: Root, graph: Graph, listener: Listener, *, locale: str = "en", now: datetime | None = None) -> tuple[ExportRecord, int]:
    """The record of the staged folder, and how many rows it has."""
    at, pinned, lake = now or datetime.now(UTC), policy_of(OWN_DATA), lake_of(root, graph, listener)
    record = ExportRecord(
        secrets.token_hex(16), OWN_DATA, None, "candidate", None, pinned.sha256, snapshot_id_of(lake, pinned), None, at
    )  # fmt: skip
    rows = 0

    def write(folder: Path) -> None:
        nonlocal rows
        rows = write_everything(lake, pinned, folder, record, locale)

    staged = passage.stage(root, record, write, subjects={listener.listener_id: secrets.token_hex(16)}, stays_here=True)
    return staged, rows


def clear(root: Root, graph: Graph, listener: Listener, export_id: str) -> ExportRecord:
    """Checks the staged bytes. FaultsFoundError with what was found; the export is refused for good then."""
    return passage.clear(root, export_id, lambda _pinned, _record, folder: faults_of(lake_of(root, graph, listener), folder))


def deliver(
    root: Root, export_id: str, out: Path | None, *, zipped: bool = False, now: datetime | None = None
) -> tuple[Path, list[str]]:  # fmt: skip
    """Writes a cleared folder to its place, whole; returns the place and the paths of its files. `zipped` adds one file of everything.

    RefusedError unless these very bytes were cleared.
    """
    place = out or delivered_folder(root, export_id)
    finish = (lambda folder: pack(folder, export_id)) if zipped else None
    return place, passage.deliver(root, exports.find_export(root, export_id), place, finish=finish, now=now)


def delivered_folder(root: Root, export_id: str) -> Path:
    """Where own data lies unless it was asked for elsewhere; an erasure removes it."""
    return root.path / "exports" / "delivered" / export_id

"""Own data on its way out: staged, cleared, delivered, and destroyed after thirty days; like every export, recorded at each step.

It needs no threshold, noise or consent. What it needs is that nothing is missing and nothing is anybody else's, so that is what its
clearance checks; and delivery demands that the very bytes were cleared.
"""

from __future__ import annotations

import secrets
import shutil
import tempfile
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import orjson

from wrapped_assets.contracts.errors import InputError, RefusedError
from wrapped_assets.contracts.graph import Graph
from wrapped_assets.privacy.gate import folder_of
from wrapped_assets.privacy.policy import policy_of
from wrapped_assets.privacy.recalling import OWN_DATA
from wrapped_assets.privacy.report import REPORT, finished_report
from wrapped_assets.rights.own_data.clearance import faults_of
from wrapped_assets.rights.own_data.files import files_below, hash_of_folder, pack, write_private
from wrapped_assets.rights.own_data.from_lake import lake_of
from wrapped_assets.rights.own_data.staging import write_everything
from wrapped_assets.storage import exports
from wrapped_assets.storage.exports import ExportRecord
from wrapped_assets.storage.registry import Listener
from wrapped_assets.storage.root import Root


@dataclass(frozen=True)
class Delivered:
    """Own data that was handed over: where it lies, until when it may be fetched, and when it is destroyed here."""

    record: ExportRecord
    folder: Path
    files: list[str]
    rows: int


def own_data(
    root: Root, graph: Graph, listener: Listener, *, out: Path | None = None, locale: str = "en", zipped: bool = False,
    now: datetime | None = None,
) -> Delivered:  # fmt: skip
    """Everything about a listener in a new folder; RefusedError, and nothing is written, where the clearance finds a fault."""
    if out is not None and out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise InputError("the folder to write to is there and not empty: name a new one with --out")
    record, rows = stage(root, graph, listener, locale=locale, now=now)
    try:
        clear(root, graph, listener, record.export_id)
        folder = deliver(root, record.export_id, out, zipped=zipped, now=now)
    finally:
        shutil.rmtree(folder_of(root, record.export_id), ignore_errors=True)
    return Delivered(exports.find_export(root, record.export_id), folder, sorted(files_below(folder)), rows)


def stage(root: Root, graph: Graph, listener: Listener, *, locale: str = "en", now: datetime | None = None) -> tuple[ExportRecord, int]:
    """The record of the staged folder, and how many rows it has.

    It says whose it is before a byte is written, so that an erasure finds also what a crash left.
    """
    at, pinned, export_id = now or datetime.now(UTC), policy_of(OWN_DATA), secrets.token_hex(16)
    record = ExportRecord(export_id, OWN_DATA, None, "candidate", None, pinned.sha256, None, None, at)
    exports.add_export(root, record)
    exports.record_subjects(root, export_id, {listener.listener_id: secrets.token_hex(16)})
    folder = folder_of(root, export_id)
    try:
        snapshot_id, rows = write_everything(lake_of(root, graph, listener), pinned, folder, record, locale)
        exports.change_export(root, export_id, state="staged", sha256=hash_of_folder(folder), snapshot_id=snapshot_id)
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        exports.change_export(root, export_id, state="refused")
        raise
    return exports.find_export(root, export_id), rows


def clear(root: Root, graph: Graph, listener: Listener, export_id: str) -> None:
    """Checks the staged bytes; RefusedError with what was found, and the export is refused for good."""
    _in_force(root, exports.find_export(root, export_id))
    if found := faults_of(lake_of(root, graph, listener), folder_of(root, export_id)):
        exports.change_export(root, export_id, state="refused")
        raise RefusedError("own_data is refused: " + "; ".join(found[:5]))
    exports.change_export(root, export_id, state="cleared", cleared_at=datetime.now(UTC))


def deliver(root: Root, export_id: str, out: Path | None, *, zipped: bool = False, now: datetime | None = None) -> Path:
    """Puts a cleared folder in its place, whole, with its finished report; `zipped`: with everything once more as one file.

    RefusedError unless these very bytes were cleared.
    """
    record = exports.find_export(root, export_id)
    if record.state != "cleared":
        raise RefusedError(f"the export is {record.state}, not cleared: its checks must pass first")
    _in_force(root, record)
    folder, place = folder_of(root, export_id), out or delivered_folder(root, export_id)
    figures = orjson.loads((folder / REPORT).read_bytes())
    (folder / REPORT).unlink()
    for name, content in finished_report(policy_of(OWN_DATA), record, figures, []).items():
        write_private(folder / name, iter([content]))
    if zipped:
        pack(folder, export_id)
    place.parent.mkdir(parents=True, exist_ok=True)
    if out is None:
        folder.rename(place)  # inside the root nothing ever lies where an erasure would not find it
    else:
        _copied(folder, place)
    exports.change_export(root, export_id, state="delivered", delivered_at=now or datetime.now(UTC))
    return place


def _copied(folder: Path, place: Path) -> None:
    waiting = Path(tempfile.mkdtemp(prefix=".wrapped-", dir=place.parent))
    try:
        shutil.copytree(folder, waiting, dirs_exist_ok=True)
        if place.exists():
            place.rmdir()
        waiting.rename(place)
    except BaseException:
        shutil.rmtree(waiting, ignore_errors=True)
        raise


def delivered_folder(root: Root, export_id: str) -> Path:
    """Where own data lies unless it was asked for elsewhere; an erasure removes it."""
    return root.path / "exports" / "delivered" / export_id


def _in_force(root: Root, record: ExportRecord) -> None:
    folder = folder_of(root, record.export_id)
    if record.sha256 is None or not folder.is_dir() or hash_of_folder(folder) != record.sha256:
        raise RefusedError("the staged files are gone or not those that were staged: stage the export again")
    if policy_of(OWN_DATA).sha256 != record.policy_sha256:
        raise RefusedError("the policy changed since the export was staged: stage it again under the policy in force")

"""The steps of every export on its way out: staged, cleared, delivered. Each export brings its own checks; the steps are the same.

Delivery compares the copied bytes and the policy with what was cleared, so calling it alone delivers nothing.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import orjson

from wrapped_assets.contracts.errors import InputError, RefusedError
from wrapped_assets.privacy.policy import PinnedPolicy, policy_of
from wrapped_assets.privacy.report import REPORT, finished_report
from wrapped_assets.privacy.restating import keep_people
from wrapped_assets.privacy.staged_files import copy_folder, files_below, hash_of_folder, write_files
from wrapped_assets.storage import budget, exports
from wrapped_assets.storage.approvals import Approval
from wrapped_assets.storage.budget import Spend
from wrapped_assets.storage.exports import ExportRecord
from wrapped_assets.storage.outputs import note_output
from wrapped_assets.storage.responsible import responsible
from wrapped_assets.storage.root import Root

Faults = Callable[[PinnedPolicy, ExportRecord, Path], list[str]]  # reads the staged folder; its words name nobody


class FaultsFoundError(RefusedError):
    """The checks of an export found `faults`. Their words may name what is in the export, so they are for whoever may read that."""

    def __init__(self, message: str, faults: list[str]) -> None:
        super().__init__(message)
        self.faults = faults


def folder_of(root: Root, export_id: str) -> Path:
    """Where an export's staged bytes lie to be read."""
    return root.documents.brought(_staged(export_id))


def forget_staged(root: Root, export_id: str) -> None:
    """Destroys an export's staged bytes; there may be none."""
    root.documents.forget(_staged(export_id))


def _staged(export_id: str) -> str:
    return f"exports/staged/{export_id}"


def stage(
    root: Root, record: ExportRecord, write: Callable[[Path], None], *, subjects: Mapping[int, str], people: Sequence[int] = (),
    wrapped_key: bytes | None = None, stays_here: bool = False,
) -> ExportRecord:  # fmt: skip
    """Records an export, then lets `write` fill its folder; returns the record of the staged bytes.

    The record names its people before the first byte is written, so that an erasure also finds what a crash left behind. With `stays_here`
    the bytes are sent to no store: this process delivers them, and destroys them.
    """
    exports.add_export(root, replace(record, state="candidate", sha256=None))
    exports.record_subjects(root, record.export_id, subjects)
    if people:
        keep_people(root, record.export_id, people)
    if wrapped_key is not None:
        exports.keep_key(root, record.export_id, wrapped_key)
    folder = root.documents.fill(_staged(record.export_id))
    try:
        folder.mkdir(mode=0o700, parents=True)
        write(folder)
        digest = hash_of_folder(folder)
        if not stays_here:
            root.documents.keep(_staged(record.export_id))
    except BaseException:
        forget_staged(root, record.export_id)
        exports.change_export(root, record.export_id, state="refused")
        raise
    exports.change_export(root, record.export_id, state="staged", sha256=digest)
    return replace(record, state="staged", sha256=digest)


def clear(root: Root, export_id: str, faults: Faults) -> ExportRecord:
    """Checks the staged bytes. FaultsFoundError with everything that `faults` found; the export is refused for good then."""
    record = exports.find_export(root, export_id)
    if record.state in ("cleared", "delivered"):
        return record
    pinned = in_force(root, record)
    if found := faults(pinned, record, folder_of(root, export_id)):
        exports.change_export(root, export_id, state="refused")
        named = record.name if record.year is None else f"{record.name} {record.year}"
        raise FaultsFoundError(f"{named} is refused: " + "; ".join(found), found)
    in_force(root, record)  # what was checked is what was staged
    cleared_at = datetime.now(UTC)
    exports.change_export(root, export_id, state="cleared", cleared_at=cleared_at)
    return replace(record, state="cleared", cleared_at=cleared_at)


def deliver(
    root: Root, record: ExportRecord, out: Path, *, approvals: Sequence[Approval] = (), withheld: Collection[str] = (),
    finish: Callable[[Path], None] | None = None, now: datetime | None = None, instead: bool = False,
) -> list[str]:  # fmt: skip
    """Writes a cleared export to a new folder, whole, with its finished report; returns the paths of its files.

    `withheld` files stay behind; `finish` may add files made of those that leave; `instead` voids what else was staged under the same
    name, year and recipient. RefusedError, and nothing is written, unless these very bytes were cleared under the policy in force. A
    delivery that fails takes the clearance back: the export must be checked again before the next one.
    """
    must_be_cleared(record)
    try:
        _write_out(root, record, out, approvals, withheld, finish, now or datetime.now(UTC), instead)
    except BaseException:
        exports.take_clearance_back(root, record.export_id)
        raise
    return sorted(files_below(out))


def _write_out(
    root: Root, record: ExportRecord, out: Path, approvals: Sequence[Approval], withheld: Collection[str],
    finish: Callable[[Path], None] | None, at: datetime, instead: bool,
) -> None:  # fmt: skip
    pinned = in_force(root, record)
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise InputError("the folder to write to is there and not empty: name a new one")
    if below := next((each for each in out.absolute().parents if each.exists() and not each.is_dir()), None):
        raise InputError(f"the folder to write to lies below {below.name}, which is a file: name another one")
    if subjects := exports.subjects_of(root, record.export_id):
        note_output(root, out, record.name, subjects)
    waiting = unfinished(out, record.export_id)
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        copy_folder(folder_of(root, record.export_id), waiting)
        if hash_of_folder(waiting) != record.sha256:
            raise RefusedError("the staged files changed while they were copied: stage the export again")
        figures = orjson.loads((waiting / REPORT).read_bytes())
        for name in (REPORT, *withheld):
            (waiting / name).unlink()
        write_files(waiting, finished_report(pinned, record, figures, responsible(root).controller, approvals, _paid(root, record)))
        if finish is not None:
            finish(waiting)
        if out.exists():
            out.rmdir()
        void = exports.deliver_export(root, record, at, instead=instead) if record.state == "cleared" else []
        waiting.rename(out)  # after the record says so: a release that may be outside counts as delivered
    except BaseException:
        shutil.rmtree(waiting, ignore_errors=True)
        raise
    for export_id in void:
        forget_staged(root, export_id)


def _paid(root: Root, record: ExportRecord) -> list[Spend]:
    """What the year had paid for when this export was staged: the same whenever it is delivered."""
    return budget.spends_until(root, budget.yearly_account(record.year), record.created_at) if record.year else []


def unfinished(out: Path, export_id: str) -> Path:
    """The folder beside `out` where a delivery is put together; a crash may leave it behind."""
    return out.with_name(f".{export_id}.part")


def must_be_cleared(record: ExportRecord) -> None:
    """RefusedError unless the export was cleared and our copy of it still exists."""
    if record.expired_at is not None:
        raise RefusedError("this release was delivered, and destroyed when its time was over: nothing new can be compared with it")
    if record.state not in ("cleared", "delivered"):
        raise RefusedError(f"the export is {record.state}, not cleared: its checks must pass first")


def in_force(root: Root, record: ExportRecord) -> PinnedPolicy:
    """The policy. RefusedError where it, or a staged byte, is not what it was when the export was staged."""
    pinned, folder = policy_of(record.name), folder_of(root, record.export_id)
    if record.sha256 is None or not folder.is_dir() or hash_of_folder(folder) != record.sha256:
        raise RefusedError("the staged files are gone or not those that were staged: stage the export again")
    if pinned.sha256 != record.policy_sha256 and record.state != "delivered":
        raise RefusedError("the policy changed since the export was staged: stage it again under the policy in force")
    return pinned

"""Ends what may be kept no longer: our copies of an export, the key of its pseudonyms, and who was in it."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import orjson

from wrapped_assets.contracts.errors import InputError
from wrapped_assets.privacy import remembered
from wrapped_assets.privacy.passage import folder_of, forget_staged, unfinished
from wrapped_assets.privacy.policy import Policy, policy_of
from wrapped_assets.privacy.recalling import OWN_DATA
from wrapped_assets.privacy.report import REPORT
from wrapped_assets.storage import exports
from wrapped_assets.storage.database import empty_journal
from wrapped_assets.storage.exports import ExportRecord
from wrapped_assets.storage.root import Root

# What was never handed over waits for signatures, or its command died: after a day its consents are too old for it to leave.
WAITS = timedelta(days=7)
OWN_DATA_WAITS = timedelta(days=1)


def expire(root: Root, now: datetime | None = None, *, only: str | None = None) -> int:
    """Destroys what is older than its policy keeps it, counted from delivery; returns how many exports that were. Again: nothing.

    Copies outside of the data root are for whoever asked for them there. RefusedError for a policy that is not the reviewed one.
    """
    at = now or datetime.now(UTC)
    old = [record for record in exports.all_exports(root) if only in (None, record.name) and _is_old(record, at)]
    found = [record for record in old if _end(root, record, at)]
    if found:
        empty_journal(root.engine)
        root.files.empty_caches()
    return len(found)


def _is_old(record: ExportRecord, at: datetime) -> bool:
    policy = _policy(record)
    if policy is None:
        return False
    if record.delivered_at is not None:
        return at - record.delivered_at >= timedelta(days=policy.retention_days)
    return at - record.created_at >= (OWN_DATA_WAITS if record.name == OWN_DATA else WAITS)


def _policy(record: ExportRecord) -> Policy | None:
    try:
        return policy_of(record.name).policy
    except InputError:  # an export that this program no longer has: nobody says how long
        return None


def _end(root: Root, record: ExportRecord, at: datetime) -> bool:
    """Whether anything was left to end. Bytes first: an export says that it expired when it has."""
    was_staged, folders = folder_of(root, record.export_id).is_dir(), list(_copies(root, record))
    forget_staged(root, record.export_id)
    for folder in folders:
        shutil.rmtree(folder)
    was_pseudonymous = exports.forget_pseudonyms(root, record.export_id)
    # Without who was in it a release can be compared with none that would be told anew, so that it is never told anew.
    remembered.forget(root, record.export_id)
    if record.delivered_at is not None and record.expired_at is None:
        exports.change_export(root, record.export_id, expired_at=at)
        return True
    if record.state in ("candidate", "staged", "cleared"):
        exports.change_export(root, record.export_id, state="withdrawn")
        return True
    return bool(was_staged or folders or was_pseudonymous)


def _copies(root: Root, record: ExportRecord) -> Iterator[Path]:
    """The folders in the data root to which the export was delivered, unless a later one took its place."""
    delivered = root.path / "exports" / "delivered"
    name = f"{record.name}-{record.year}" + (f"-{record.recipient}" if record.recipient else "")
    for folder in (delivered / record.export_id, unfinished(delivered / name, record.export_id)):
        if folder.is_dir():
            yield folder
    report = delivered / name / REPORT
    if report.is_file() and orjson.loads(report.read_bytes())["export_id"] == record.export_id:
        yield report.parent

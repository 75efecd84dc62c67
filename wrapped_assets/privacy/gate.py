"""The way out: a candidate is staged, checked, cleared and delivered; delivery itself demands the clearance.

Whoever calls `deliver` alone, leaves a check out, or changes staged bytes or the policy meanwhile gets a refusal, because what
is delivered is compared with what was cleared: bytes, policy, budget, approvals and the age of the consents.
"""

from __future__ import annotations

import secrets
from datetime import UTC, datetime, timedelta
from pathlib import Path

import orjson

from wrapped_assets.contracts.errors import RefusedError
from wrapped_assets.privacy import passage
from wrapped_assets.privacy.checks import faults_of
from wrapped_assets.privacy.contributions import exact_files, keep
from wrapped_assets.privacy.draws import Draws
from wrapped_assets.privacy.eligible import eligible_people
from wrapped_assets.privacy.export import Export, Produced
from wrapped_assets.privacy.passage import FaultsFoundError, folder_of
from wrapped_assets.privacy.policy import Policy, policy_of, static_contents
from wrapped_assets.privacy.pseudonyms import wrapped, wrapping_key
from wrapped_assets.privacy.report import REPORT, figures_of
from wrapped_assets.privacy.restating import must_be_apart, must_differ_enough, must_not_restate
from wrapped_assets.privacy.signing import must_be_signed
from wrapped_assets.privacy.snapshot import Snapshot, take_snapshot
from wrapped_assets.privacy.staged_files import as_csv, read_folder, write_files
from wrapped_assets.storage import approvals, budget, exports
from wrapped_assets.storage.exports import ExportRecord
from wrapped_assets.storage.responsible import must_have_controller
from wrapped_assets.storage.root import Root

__all__ = ["CONSENT_LIVES", "REQUESTS", "FaultsFoundError", "clear", "deliver", "export_through_the_gate", "folder_of", "stage"]

CONSENT_LIVES = timedelta(hours=24)
REQUESTS = "requests.json"  # staged beside the files, never delivered: what the ledger must know


def stage(
    root: Root, export: Export, year: int, *, recipient: str | None = None, restate: str | None = None, redraw: bool = False,
    now: datetime | None = None,
) -> ExportRecord:  # fmt: skip
    """The export's staged bytes: those that are there, if their release is frozen or nothing changed; new ones otherwise.

    InputError where nobody is named who is responsible; RefusedError where the edition is not published, a frozen release would be restated
    without cause, or the budget is spent.
    """
    at = now or datetime.now(UTC)
    pinned = policy_of(export.name)
    must_have_controller(root)
    there = exports.exports_named(root, export.name, year, recipient)
    delivered = [record for record in there if record.state == "delivered"]
    is_frozen = pinned.policy.release.frozen
    if is_frozen and delivered and restate is None:
        return delivered[0]
    snapshot = take_snapshot(root, year, pinned, at, export.reads, export.operator_files, recipient)
    if is_frozen and delivered:
        if same := [record for record in delivered if record.snapshot_id == snapshot.snapshot_id and record.expired_at is None]:
            return same[0]
        must_not_restate(root, delivered, snapshot, restate)
    if not is_frozen and delivered:
        must_be_apart(delivered, pinned.policy, at)
    for record in there:  # what waits, for instance for approvals
        is_waiting = record.state != "delivered" and record.snapshot_id == snapshot.snapshot_id
        if is_waiting and at - record.created_at < CONSENT_LIVES and _reason(root, record) == restate:
            return record
    draws = Draws(snapshot, redraw=redraw)
    produced = export.produce(snapshot, draws)
    record = _written(snapshot, produced, draws, recipient, restate)
    if delivered and (is_frozen or pinned.policy.release.least_days):
        try:
            must_differ_enough(root, delivered, record.export_id, pinned.policy)
        except RefusedError:
            passage.forget_staged(root, record.export_id)
            exports.change_export(root, record.export_id, state="refused")
            raise
    return record


def _reason(root: Root, record: ExportRecord) -> str | None:
    """Why a staged release is a restatement; None where it is none, or its report is gone."""
    try:
        found = orjson.loads((folder_of(root, record.export_id) / REPORT).read_bytes()).get("restatement")
    except OSError:
        return None
    return str(found) if found else None


def _written(snapshot: Snapshot, produced: Produced, draws: Draws, recipient: str | None, restate: str | None) -> ExportRecord:
    root, pinned = snapshot.root, snapshot.pinned
    if missing := [name for name in exact_files(pinned.policy) if name not in produced.contributors]:
        raise RefusedError(f"{pinned.policy.export} does not say whose listening the figures of {missing[0]} are made of")
    files = {name: as_csv(table) for name, table in produced.tables.items()} | static_contents(pinned.policy)
    files[REPORT] = orjson.dumps(figures_of(snapshot, produced, restate), option=orjson.OPT_INDENT_2 | orjson.OPT_SORT_KEYS)
    files[REQUESTS] = orjson.dumps(draws.requests)
    record = ExportRecord(
        secrets.token_hex(16), pinned.policy.export, snapshot.year, "candidate", None, pinned.sha256, snapshot.snapshot_id, recipient,
        snapshot.taken_at,
    )  # fmt: skip

    def write(folder: Path) -> None:
        keep(root, record.export_id, pinned.policy, produced.tables, produced.contributors)
        write_files(folder, files)

    return passage.stage(
        root, record, write, subjects=produced.subjects, people=snapshot.active,
        wrapped_key=wrapped(wrapping_key(root), snapshot.key) if produced.subjects else None,
    )  # fmt: skip


def clear(root: Root, export: Export, export_id: str) -> ExportRecord:
    """Runs every blocking check over the staged bytes; FaultsFoundError with all that they found, and the export is refused for good."""
    return passage.clear(root, export_id, lambda pinned, record, folder: faults_of(root, export, pinned, read_folder(folder), record))


def deliver(root: Root, export_id: str, out: Path, now: datetime | None = None) -> list[str]:
    """Writes a cleared export to a new folder, whole, with its privacy report; returns the names of the files.

    RefusedError, and nothing is written, unless these very bytes were cleared under the policy in force, paid for, and approved.
    """
    at = now or datetime.now(UTC)
    record = exports.find_export(root, export_id)
    passage.must_be_cleared(record)
    pinned = passage.in_force(root, record)
    requests = orjson.loads((folder_of(root, export_id) / REQUESTS).read_bytes())
    paid = [budget.spend_of(root, request) for request in requests]
    if len(paid) < len(pinned.policy.noise) or any(spend is None or spend.result_sha256 is None for spend in paid):
        raise RefusedError("the noise in this export is not in the budget's ledger: it must be staged again")
    if record.state == "cleared" and at - record.created_at >= CONSENT_LIVES:
        raise RefusedError("the consents behind this export were looked up more than 24 hours ago: stage it again")
    _must_stand_alone(root, record, pinned.policy)
    subjects, rule = exports.subjects_of(root, export_id), pinned.policy.eligible
    if subjects and rule and subjects - set(eligible_people(root, rule, at, record.recipient).listener_ids):
        raise RefusedError("somebody whose row is in this export took their consent back meanwhile: stage it again")
    given = approvals.approvals_of(root, export_id, record.sha256 or "")
    if missing := sorted(set(pinned.policy.approvals) - {each.role for each in given}):
        raise RefusedError(
            f"{record.name} {record.year} waits for approval by {' and '.join(missing)}: have the staged files read, then "
            f"`wrapped approve {export_id} --role {missing[0]} --by NAME{' --key FILE' if len(pinned.policy.approvals) > 1 else ''}`; "
            "repeat this command after that"
        )
    must_be_signed(root, pinned.policy, export_id, given)
    return passage.deliver(root, record, out, approvals=given, withheld=[REQUESTS], now=at, instead=True)


def _must_stand_alone(root: Root, record: ExportRecord, policy: Policy) -> None:
    """RefusedError where another release of a frozen export left, and this one is no restatement that differs from it enough."""
    there = exports.exports_named(root, record.name, record.year or 0, record.recipient)
    delivered = [each for each in there if each.state == "delivered" and each.export_id != record.export_id]
    if record.state == "delivered" or not policy.release.frozen or not delivered:
        return
    if _reason(root, record) is None:
        raise RefusedError("another release left after this one was staged: that one stands, unless --restate REASON says why")
    must_differ_enough(root, delivered, record.export_id, policy)


def export_through_the_gate(
    root: Root, export: Export, year: int, out: Path, *, recipient: str | None = None, restate: str | None = None, redraw: bool = False
) -> tuple[ExportRecord, list[str]]:
    """Stages, clears and delivers; RefusedError at the first gate that stays shut."""
    record = stage(root, export, year, recipient=recipient, restate=restate, redraw=redraw)
    record = clear(root, export, record.export_id)
    return record, deliver(root, record.export_id, out)

"""Who approved which staged bytes, in which role."""

from __future__ import annotations

import os
import pwd
from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime

import sqlalchemy as sa

from wrapped_assets.contracts.errors import InputError
from wrapped_assets.kernels.texts import compared
from wrapped_assets.storage import tables
from wrapped_assets.storage.exports import find_export
from wrapped_assets.storage.root import Root


@dataclass(frozen=True)
class Approval:
    """Somebody's signature under exactly these bytes."""

    role: str
    approver: str
    sha256: str
    approved_at: datetime
    account: str = ""  # the user of the operating system who ran the command; empty for approvals from before this was recorded
    public_key: str = ""  # the signer's Ed25519 key and their signature, in hex; empty for a typed name
    signature: str = ""


def account_now() -> str:
    """The operating system's user of this process, by the system's own table: an environment variable could name anybody."""
    try:
        return pwd.getpwuid(os.geteuid()).pw_name
    except KeyError:  # a user without an entry, as in containers
        return f"uid {os.geteuid()}"


def approve(
    root: Root, export_id: str, role: str, approver: str, signed: tuple[str, str] | None = None, *, roles: Collection[str] = ()
) -> Approval:  # fmt: skip
    """Records an approval of the bytes that are staged now; `signed` is a public key and its signature in hex.

    InputError where no bytes are staged, `roles` has not that role, or the same person, by name or by key, approved in another one.
    """
    record = find_export(root, export_id)
    if record.sha256 is None or record.state not in ("staged", "cleared"):
        raise InputError(f"the export is {record.state}: there are no staged bytes to approve")
    public_key, signature = signed or ("", "")
    others = [each for each in approvals_of(root, export_id, record.sha256) if each.role != role]
    alike = compared([approver, *(each.approver for each in others)])
    if any(alike[each.approver] == alike[approver] or (public_key and each.public_key == public_key) for each in others):
        raise InputError("the same person approved these bytes in another role: the second role needs another person")
    if roles and role not in roles:
        raise InputError(f"expected a role that this export needs: {' or '.join(roles)}, got {role!r}")
    found = Approval(role, approver, record.sha256, datetime.now(UTC), account_now(), public_key, signature)
    table = tables.approvals
    with root.engine.begin() as connection:
        mine = (table.c.export_id == export_id) & (table.c.role == role) & (table.c.sha256 == record.sha256)
        connection.execute(sa.delete(table).where(mine))
        connection.execute(sa.insert(table).values(export_id=export_id, **vars(found)))
    return found


def approvals_of(root: Root, export_id: str, sha256: str) -> list[Approval]:
    """The approvals of exactly these bytes, by role."""
    table = tables.approvals
    query = sa.select(table).where((table.c.export_id == export_id) & (table.c.sha256 == sha256)).order_by(table.c.role)
    with root.engine.connect() as connection:
        rows = connection.execute(query)
        return [
            Approval(row.role, row.approver, row.sha256, row.approved_at, row.account or "", row.public_key or "", row.signature or "")
            for row in rows
        ]

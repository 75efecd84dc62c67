"""When a frozen release may be told anew: two releases of nearly the same people betray who lies between them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from pathlib import Path

import numpy as np

from wrapped_assets.contracts.errors import RefusedError
from wrapped_assets.privacy.snapshot import Snapshot
from wrapped_assets.storage.exports import ExportRecord
from wrapped_assets.storage.files import write_whole
from wrapped_assets.storage.root import Root


def people_path(root: Root, export_id: str) -> Path:
    """Where it stands who was in an export; an erasure takes its listener out of it."""
    return root.path / "exports" / "people" / f"{export_id}.ids"


def keep_people(root: Root, export_id: str, listener_ids: Iterable[int]) -> None:
    """Notes who was in an export, as sorted 64-bit surrogates."""
    write_whole(people_path(root, export_id), np.array(sorted(listener_ids), dtype="<i8").tobytes())


def people_of(root: Root, export_id: str) -> set[int]:
    """Who was in an export, as far as they are still known."""
    path = people_path(root, export_id)
    return set(np.frombuffer(path.read_bytes(), dtype="<i8").tolist()) if path.exists() else set()


def must_not_restate(root: Root, before: ExportRecord, snapshot: Snapshot, reason: str | None) -> None:
    """RefusedError unless a reason is given, and enough people changed or enough time has passed since the release before."""
    rule = snapshot.pinned.policy.release
    if not reason:
        raise RefusedError("this release is frozen: a restatement needs its reason (--restate REASON)")
    if before.delivered_at and snapshot.taken_at - before.delivered_at >= timedelta(days=rule.restate_days):
        return
    changed = len(people_of(root, before.export_id).symmetric_difference(snapshot.people.listener_ids))
    if changed < rule.restate_people:
        raise RefusedError(
            f"fewer than {rule.restate_people} people changed since the release before, and fewer than {rule.restate_days} days have "
            "passed: the difference of the two would betray them"
        )

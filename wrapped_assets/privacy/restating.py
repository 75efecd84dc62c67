"""When a frozen release may be told anew: two releases of nearly the same people betray who lies between them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np

from wrapped_assets.contracts.errors import RefusedError
from wrapped_assets.privacy import contributions
from wrapped_assets.privacy.policy import Policy
from wrapped_assets.privacy.snapshot import Snapshot
from wrapped_assets.storage.exports import ExportRecord
from wrapped_assets.storage.root import Root
from wrapped_assets.storage.whole_files import write_whole

_BETRAYS = "fewer than {least} people changed{where} since an earlier release: the difference of the two would betray them"


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


def must_not_restate(root: Root, delivered: Iterable[ExportRecord], snapshot: Snapshot, reason: str | None) -> None:
    """RefusedError unless a reason is given, and enough people with a listen came or went since every release that was delivered.

    Time alone never suffices, for it makes no difference of two releases smaller. Before any noise is paid for.
    """
    if not reason:
        raise RefusedError("this release is frozen: a restatement needs its reason (--restate REASON)")
    rule = snapshot.pinned.policy.release
    for before in delivered:
        if not people_path(root, before.export_id).exists():
            raise RefusedError("who was in an earlier release is not known any more, so that nothing can be compared with it: it stands")
        if len(people_of(root, before.export_id).symmetric_difference(snapshot.active)) < rule.restate_people:
            raise RefusedError(_BETRAYS.format(least=rule.restate_people, where=""))


def must_be_apart(delivered: Iterable[ExportRecord], policy: Policy, at: datetime) -> None:
    """RefusedError where a recipient would get two releases within the policy's days: what changed between them would be few people."""
    least = timedelta(days=policy.release.least_days)
    if any(record.delivered_at and at - record.delivered_at < least for record in delivered):
        raise RefusedError(f"this recipient got one less than {least.days} days ago: two so near to each other tell who came or went")


def must_differ_enough(root: Root, delivered: Iterable[ExportRecord], export_id: str, policy: Policy) -> None:
    """RefusedError unless every cell that differs from one of a delivered release differs by enough people."""
    after = contributions.path_of(root, export_id)
    for record in delivered if after.exists() else ():
        before = contributions.path_of(root, record.export_id)
        if not before.exists():
            raise RefusedError("whose listening an earlier release was made of is not known any more: nothing can be compared with it")
        fewest = contributions.fewest_changed(before, after)
        if fewest is not None and fewest < policy.release.restate_people:
            raise RefusedError(_BETRAYS.format(least=policy.release.restate_people, where=" in some figure"))

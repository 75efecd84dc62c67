"""When a frozen release may be told anew: two releases of nearly the same people betray who lies between them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

import numpy as np

from wrapped_assets.contracts.errors import RefusedError
from wrapped_assets.privacy import contributions, remembered
from wrapped_assets.privacy.policy import Policy
from wrapped_assets.privacy.snapshot import Snapshot
from wrapped_assets.storage.exports import ExportRecord
from wrapped_assets.storage.root import Root
from wrapped_assets.storage.whole_files import write_whole

ENDING = "ids"
_BETRAYS = "fewer than {least} people changed{where} since an earlier release: the difference of the two would betray them"


def keep_people(root: Root, export_id: str, listener_ids: Iterable[int]) -> None:
    """Notes who was in an export, as sorted 64-bit surrogates."""
    content = np.array(sorted(listener_ids), dtype="<i8").tobytes()
    remembered.keep(root, export_id, ENDING, lambda path: write_whole(path, content))


def people_of(root: Root, export_id: str) -> set[int] | None:
    """Who was in an export; None where that is not known any more. RefusedError where the list is damaged."""
    path = remembered.intact_path(root, export_id, ENDING)
    return None if path is None else set(np.frombuffer(path.read_bytes(), dtype="<i8").tolist())


def may_be_in(root: Root, export_id: str, listener_id: int) -> bool:
    """Whether a listener was in an export, as far as that is known; of a damaged list, that they may have been."""
    try:
        return listener_id in (people_of(root, export_id) or ())
    except RefusedError:
        return True


def forget_person(root: Root, export_id: str, listener_id: int) -> None:
    """Takes a listener out of what is kept of an export: a number that stands for nobody is there instead.

    What is damaged goes: nobody can tell whether they are in it.
    """
    contributions.forget(root, export_id, listener_id)
    try:
        people = people_of(root, export_id)
    except RefusedError:
        remembered.forget(root, export_id, ENDING)
        return
    if people and listener_id in people:
        keep_people(root, export_id, (people - {listener_id}) | {contributions.stand_in()})


def must_not_restate(root: Root, delivered: Iterable[ExportRecord], snapshot: Snapshot, reason: str | None) -> None:
    """RefusedError unless a reason is given, and enough people with a listen came or went since every release that was delivered.

    Time alone never suffices, for it makes no difference of two releases smaller. Before any noise is paid for.
    """
    if not reason:
        raise RefusedError("this release is frozen: a restatement needs its reason (--restate REASON)")
    rule = snapshot.pinned.policy.release
    for before in delivered:
        people = people_of(root, before.export_id)
        if people is None:
            raise RefusedError("who was in an earlier release is not known any more, so that nothing can be compared with it: it stands")
        if len(people.symmetric_difference(snapshot.active)) < rule.restate_people:
            raise RefusedError(_BETRAYS.format(least=rule.restate_people, where=""))


def must_be_apart(delivered: Iterable[ExportRecord], policy: Policy, at: datetime) -> None:
    """RefusedError where a recipient would get two releases within the policy's days: what changed between them would be few people."""
    least = timedelta(days=policy.release.least_days)
    if any(record.delivered_at and at - record.delivered_at < least for record in delivered):
        raise RefusedError(f"this recipient got one less than {least.days} days ago: two so near to each other tell who came or went")


def must_differ_enough(root: Root, delivered: Iterable[ExportRecord], export_id: str, policy: Policy) -> None:
    """RefusedError unless every cell that differs from one of a delivered release differs by enough people."""
    for record in delivered if contributions.exact_files(policy) else ():
        fewest = contributions.fewest_changed(root, record.export_id, export_id)
        if fewest is not None and fewest < policy.release.restate_people:
            raise RefusedError(_BETRAYS.format(least=policy.release.restate_people, where=" in some figure"))

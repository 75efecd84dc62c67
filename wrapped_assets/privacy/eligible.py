"""Who may be in an export: everybody is out until registry, consent and age say otherwise."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from wrapped_assets.privacy.policy import Eligible
from wrapped_assets.storage import consents, registry, restrictions
from wrapped_assets.storage.root import Root

REASONS = {
    "restricted": "their data is restricted, for instance while an erasure is under way",
    "no_consent": "they did not agree to this use, objected to it, took their consent back, or it ran out",
    "age_unknown": "their year of birth is not known, and might be a child's",
    "too_young": "they are, or may be, too young",
}


@dataclass(frozen=True)
class People:
    """The listeners who may be in, by surrogate, ascending; how many were left out, each under the first reason that holds."""

    listener_ids: tuple[int, ...]
    left_out: dict[str, int]


def eligible_people(root: Root, rule: Eligible, at: datetime, recipient: str | None = None) -> People:
    """Applies a policy's rule at an instant. Whoever may not have had this year's birthday yet counts as a year younger."""
    purpose = rule.consent.replace("*", recipient or "")
    open_for = set(consents.standing(root, purpose, at))
    restricted = set(restrictions.restricted(root))
    inside, left_out = [], dict.fromkeys(REASONS, 0)
    for listener in registry.all_listeners(root):
        if listener.listener_id in restricted:
            left_out["restricted"] += 1
        elif listener.listener_id not in open_for:
            left_out["no_consent"] += 1
        elif rule.minimum_age and listener.birth_year is None:
            left_out["age_unknown"] += 1
        elif rule.minimum_age and at.year - (listener.birth_year or at.year) - 1 < rule.minimum_age:
            left_out["too_young"] += 1
        else:
            inside.append(listener.listener_id)
    return People(tuple(inside), left_out)

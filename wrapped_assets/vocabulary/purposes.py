"""What people's data may be used for beyond their own year: each purpose closed until the person opens it.

The lawful bases: under `consent` the state `given` is the person's yes; under `legitimate_interest` it says that the person was told
and did not object. Either way only `given` opens a purpose: who was never asked is out, also of poster figures, where the law
might do with an opt-out.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from wrapped_assets.vocabulary.sharing import RECOMMENDING_LISTENERS

# What an event can say, the least permissive first: of two events of one instant the first of these counts.
STATES: tuple[str, ...] = ("objected", "withdrawn", "refused", "expired", "given")
OPENS = "given"

LAWFUL_BASES: tuple[str, ...] = ("consent", "legitimate_interest")


@dataclass(frozen=True)
class Purpose:
    """A purpose of processing: `data_use` is its key in the fideslang taxonomy, `meaning` what a person is told it means.

    `seen_by` says who sees something because of it, where it is no export.
    """

    name: str
    data_use: str
    lawful_basis: str
    meaning: str
    recipient: str | None = None  # of a partner's extract: who gets it
    seen_by: str = ""


_NAMED = (
    Purpose(
        "be_found", "personalize.content.profiled", "consent",
        "Listeners whose taste is close to mine, and who agreed to the same, may see my name and how close our tastes are. They do not "
        "see what I play.",
        seen_by="listeners of similar taste who agreed to the same",
    ),
    Purpose(
        "recommend", "personalize.content.profiled", "consent",
        f"Songs that I play may be recommended to listeners whose taste is close to mine, without my name, and only where at least "
        f"{RECOMMENDING_LISTENERS} such listeners played them; others' songs may be recommended to me in the same way.",
        seen_by="listeners of similar taste who agreed to the same, without names",
    ),
    Purpose(
        "share_plays", "personalize.content.profiled", "consent",
        "Members of my groups who agreed to the same may see which songs I play, as songs that they missed, even where I alone played "
        "them, and may guess that it was me.",
        seen_by="members of the listener's groups who agreed to the same",
    ),
    Purpose(
        "group", "personalize.content.profiled", "consent", "My year may be told together with the groups that I belong to.",
        seen_by="members of the listener's groups who agreed to the same",
    ),
    Purpose(
        "marketing", "marketing.advertising.first_party", "consent",
        "I may be counted, rounded and with chance added, in figures on posters and in advertising; never shown by myself.",
    ),
    Purpose(
        "artist_statistics", "analytics.reporting.content_performance", "legitimate_interest",
        "Artists may see figures about their listeners that I am counted in, never smaller than 20 people.",
    ),
    Purpose("charts", "analytics.reporting", "legitimate_interest", "My listens may count in public charts."),
    Purpose(
        "fan_naming", "third_party_sharing", "consent",
        "Artists may see that I am one of their top listeners, under the name I choose.",
    ),
)  # fmt: skip
PURPOSES: dict[str, Purpose] = {purpose.name: purpose for purpose in _NAMED}

_PARTNER = Purpose(
    "partner:", "third_party_sharing", "consent",
    "A row about me without my name (region, age band, main genre) may go to this recipient, who must not try to find out who I am.",
)  # fmt: skip


def purpose_named(name: str) -> Purpose:
    """The purpose of that name, `partner:RECIPIENT` being one for each recipient; ValueError says which there are."""
    if name in PURPOSES:
        return PURPOSES[name]
    if match := re.fullmatch(r"partner:([a-z0-9][a-z0-9_-]{0,47})", name):
        return replace(_PARTNER, name=name, recipient=match[1])
    raise ValueError(
        f"expected a purpose: {', '.join(PURPOSES)} or partner:RECIPIENT (small letters, digits, - and _, at most 48); got {name!r}"
    )

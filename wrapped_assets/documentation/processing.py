"""docs/processing.md: the record of processing activities (GDPR Art. 30) and a skeleton of the impact assessment (Art. 35).

Both follow from the purposes, the policies, the dictionary of columns and the periods that the program obeys.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import timedelta

from wrapped_assets.documentation.privacy import classes, thresholds_of
from wrapped_assets.documentation.tables import table
from wrapped_assets.privacy.policy import Policy, export_names, policy_of
from wrapped_assets.privacy.retention import OWN_DATA_WAITS, WAITS
from wrapped_assets.storage.budget import NANO, YEARLY_CAP
from wrapped_assets.storage.responsible import Controller
from wrapped_assets.storage.tombstones import LASTS
from wrapped_assets.vocabulary.categories import PERSONAL, category_of
from wrapped_assets.vocabulary.columns import BY_NAME
from wrapped_assets.vocabulary.purposes import PURPOSES, Purpose, purpose_named

_UNNAMED = "*named by the operator with `wrapped privacy controller`*"
_BY_HAND = "*To be written by the controller:*"
_STORY = Purpose(
    "own story", "personalize.content", "the listener's own request",
    "A person's listening history is read, counted and told to that person: stories, playlists, figures.", seen_by="the person themselves",
)  # fmt: skip
_MEASURES = (
    "Names are in the registry only. Everywhere else a listener is a surrogate, a keyed hash whose key is a file of its own.",
    "Folders and files are readable by their owner alone, whatever the umask. Own data and staged exports too.",
    "Every purpose is closed until the person opens it. Consents are append-only; a restriction closes all purposes.",
    "Exports pass one gate: allow lists of columns, thresholds, rounding, dominance, a budget of noise, signatures, frozen releases.",
    "Addresses, user agents, e-mail and payment are never stored; of a device only its kind.",
    "Dagster is told counts and hashes, no names, ids or titles.",
    "Stored bytes are compared with their hashes whenever they are read. Erasures are repeated after a backup is restored.",
    "The servers bind to this machine unless told otherwise, and refuse unknown hosts and requests by other sites.",
)
# What Art. 35 (7) (c) asks for: what could happen to people, what stands against it, and what remains (docs/threat_model.md has the tests).
_RISKS = (
    ("A listener is recognised in figures about many", "thresholds, rounding, dominance, Other, frozen releases, or noise",
     "exports without noise yield to somebody who knows nearly all listeners of an artist"),
    ("Two releases betray who lies between them", "releases are frozen; restatements are compared with all earlier ones", "none known"),
    ("A row about one person is traced to them", "consent to that recipient, groups of ten over all columns, one-time pseudonyms",
     "the recipient's other knowledge: a contract is what holds them"),
    ("Another listener learns what somebody plays", "recommendations rest on several listeners; names and titles need a purpose each",
     "members of a small group may guess"),
    ("Sensitive traits follow from music (faith, health, orientation)", "deny lists of genres and topics in exports",
     "a deny list knows words, not meanings"),
    ("Somebody reads the stored data", "owner-only files, keys apart from data", "whoever runs the program sees everything: encrypt disks"),
    ("Data outlives its purpose", "retention by policy every night, erasure with a search at the end", "copies outside of the data root"),
    ("A child is profiled for others", "whoever is younger than 18, or of unknown age, is in no export", "a false year of birth"),
)  # fmt: skip


def processing_page(controller: Controller | None = None) -> str:
    """The whole page; without a controller it says where one is named."""
    return "\n".join([*_record(controller), *_assessment()]) + "\n"


def _record(controller: Controller | None) -> Iterator[str]:
    yield "# Processing of personal data"
    yield from ("", "<!-- Written by `wrapped docs` from purposes, policies and the dictionary of columns; edit those. -->", "")
    yield "`wrapped privacy record` writes this page for a data root, with its controller. What only the controller can know is marked."
    yield "This is engineering, not legal advice."
    yield from ("", "## Record of processing activities (GDPR Art. 30)", "")
    name, contact = (controller.name, controller.contact) if controller else (_UNNAMED, _UNNAMED)
    yield f"* Controller: {name}"
    yield f"* Contact: {contact}"
    yield f"* {_BY_HAND} representative, joint controllers and data protection officer, if there are any."
    yield "* Whose data: listeners. Of officers who sign exports: their name, role, key, and user of the operating system."
    yield f"* Transfers to third countries: the program sends nothing anywhere. {_BY_HAND} where it is hosted and where recipients are."
    yield from ("", "### Activities", "")
    named = [_STORY, *PURPOSES.values(), purpose_named("partner:recipient")]
    head = ("Activity", "Purpose", "Data use (fideslang)", "Lawful basis", "Recipients", "Categories of data", "Kept")
    yield from table(head, [*(row for each in named for row in _activity(each)), _own_data()])
    yield from ("", "### Categories of personal data", "", *classes())
    yield from ("", "### Time limits", "", *table(("What", "Until when"), _limits()))
    yield from ("", "### Security measures (Art. 32)", "", *(f"* {each}" for each in _MEASURES), "")


def _activity(purpose: Purpose) -> Iterator[tuple[str, ...]]:
    name = purpose.name.replace(":recipient", ":RECIPIENT")
    what = (f"`{name}`" if purpose is not _STORY else name, purpose.meaning, purpose.data_use, purpose.lawful_basis.replace("_", " "))
    policies = [each for each in _policies() if each.eligible and each.eligible.consent.replace("*", "recipient") == purpose.name]
    for policy in policies:
        yield (*what, f"{', '.join(policy.recipients)} (export `{policy.export}`)", _in(policy), f"{policy.retention_days} days")
    if purpose.seen_by:
        everything = sorted({category_of(column) for column in BY_NAME.values() if column.privacy in PERSONAL} | {"user.name"})
        seen = everything if purpose is _STORY else ["user.behavior.media_consumption", "user.name"]
        yield (*what, purpose.seen_by, ", ".join(seen), "as long as the listener's data")
    elif not policies:
        yield (*what, "nobody: there is no export for it", "–", "–")


def _own_data() -> tuple[str, ...]:
    policy = policy_of("own_data").policy
    return ("own data", policy.purpose, policy.data_use, policy.lawful_basis.replace("_", " "), ", ".join(policy.recipients), _in(policy),
            f"{policy.retention_days} days")  # fmt: skip


def _in(policy: Policy) -> str:
    return ", ".join(sorted({rule.category for columns in policy.files.values() for rule in columns.values()} - {"system.operations"}))


def _policies() -> list[Policy]:
    return [policy_of(name).policy for name in export_names()]


def _limits() -> Iterator[tuple[str, str]]:
    yield "a listener's plays, figures, profile, answers", f"they ask for their erasure. {_BY_HAND} when you end accounts by yourself"
    for policy in _policies():
        yield f"the export `{policy.export}`: our copy, who was in it, keys of pseudonyms", f"{policy.retention_days} days after delivery"
    yield "exports that were staged and never delivered", f"{_days(WAITS)}; own data {_days(OWN_DATA_WAITS)}"
    yield "keyed hashes of erased names", f"{_days(LASTS)}, then their key is destroyed"
    yield "backups", f"{_BY_HAND} at most 21 days, so that an erasure is complete inside of a month"


def _days(time: timedelta) -> str:
    return "1 day" if time.days == 1 else f"{time.days} days"


def _assessment() -> Iterator[str]:
    yield from ("## Data protection impact assessment (GDPR Art. 35): skeleton", "")
    yield "Profiling on a large scale, and listening habits from which sensitive traits can follow, make it likely that an assessment is"
    yield "required. The tables state what the program does. The controller decides, and signs."
    yield from ("", "### Description of the processing (Art. 35 (7) (a))", "")
    yield "Listening exports are imported, each playback is counted once, and figures are computed for each listener, group and artist, and"
    yield "over everybody. [columns.md](columns.md) lists every column with its class, [insights.md](insights.md) each rule."
    yield "The activities are those of the record above. What leaves, at which thresholds:"
    yield from ("", *table(("Export", "Recipients", "Smallest group, rounding", "Chance added", "Signed by"), map(_export, _outward())), "")
    yield f"{_BY_HAND} how many listeners, of which countries, and since when."
    yield from ("", "### Necessity and proportionality (Art. 35 (7) (b))", "")
    yield from (
        "* A purpose that nobody opened is not carried out. Consent can be withdrawn at any time, with effect in the next export.",
        "* An export reads declared columns of a published edition and nothing else; a column without a class is refused.",
        f"* Noise is paid from one account for each year: at most rho {YEARLY_CAP / NANO:g} for each person, whatever is released.",
        "* Rights are commands: `wrapped own-data` (Art. 15, 20), `wrapped consent` (Art. 7, 18, 21), `wrapped erase` (Art. 17, 19).",
        f"* {_BY_HAND} why each purpose is needed, the balancing for each legitimate interest, and whom you consulted (Art. 35 (9)).",
    )
    yield from ("", "### Risks and measures (Art. 35 (7) (c) and (d))", "")
    yield from table(("Risk to people", "Measure in the program", "What remains", "Likelihood, severity, decision"),
                     [(*risk, _BY_HAND) for risk in _RISKS])  # fmt: skip
    yield from ("", "[threat_model.md](threat_model.md) names the attacks behind this table and the test that carries out each.")
    yield from ("", "### Decision", "", f"{_BY_HAND} date, name, the opinion of the data protection officer, and when this is reviewed.")


def _outward() -> Iterable[Policy]:
    return [policy for policy in _policies() if policy.eligible is not None]


def _export(policy: Policy) -> tuple[str, ...]:
    smallest, chance = thresholds_of(policy)
    return f"`{policy.export}`", ", ".join(policy.recipients), smallest, chance, " and ".join(policy.approvals) or "nobody besides the gate"

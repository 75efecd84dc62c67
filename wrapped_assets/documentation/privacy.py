"""The tables of docs/privacy.md that purposes and policies write themselves, between markers in the page."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from wrapped_assets.documentation.tables import CLASSES, table
from wrapped_assets.privacy.policy import Policy, export_names, policy_of
from wrapped_assets.privacy.report import loss_of
from wrapped_assets.vocabulary.categories import category_of
from wrapped_assets.vocabulary.columns import BY_NAME
from wrapped_assets.vocabulary.purposes import PURPOSES, purpose_named


def filled(page: str) -> str:
    """The page with every table between its markers as it is now; ValueError for a marker of an unknown table."""

    def filled_in(found: re.Match[str]) -> str:
        if found[1] not in _TABLES:
            raise ValueError(f"docs/privacy.md names the unknown table {found[1]!r}; known are {', '.join(_TABLES)}")
        return f"<!-- table: {found[1]} -->\n" + "\n".join(_TABLES[found[1]]()) + "\n<!-- end -->"

    return re.sub(r"<!-- table: (\w+) -->\n.*?<!-- end -->", filled_in, page, flags=re.DOTALL)


def _purposes() -> Iterator[str]:
    named = [*PURPOSES.values(), purpose_named("partner:recipient")]
    names = [f"`{each.name.replace(':recipient', ':RECIPIENT')}`" for each in named]
    rows = [(name, each.meaning, each.data_use, _words(each.lawful_basis)) for name, each in zip(names, named, strict=True)]
    return table(("Purpose", "What a person is told", "Data use (fideslang)", "Lawful basis"), rows)


def _exports() -> Iterator[str]:
    policies = [policy_of(name).policy for name in export_names()]
    head = ("Export", "For whom, what for", "Who is in it", "Smallest group, rounding", "Chance added", "Signed by", "Kept")
    return table(head, [_export(policy) for policy in policies])


def _export(policy: Policy) -> tuple[str, ...]:
    return (
        f"`{policy.export}`", f"{', '.join(policy.recipients)}: {policy.purpose}", _people(policy), _thresholds(policy), _noise(policy),
        " and ".join(policy.approvals) or "nobody besides the gate", f"{policy.retention_days} days",
    )  # fmt: skip


def _people(policy: Policy) -> str:
    rule = policy.eligible
    if rule is None:
        return "the person who asks"
    age = f", from {rule.minimum_age} years" if rule.minimum_age else ""
    return f"whoever opened `{rule.consent.replace('*', 'RECIPIENT')}` ({_words(policy.lawful_basis)}){age}; no private sessions"


def _thresholds(policy: Policy) -> str:
    rule = policy.disclosure
    if rule is None:
        return "–"
    opened = f", details from {rule.k_open}" if rule.k_open else ""
    rounding = "two digits" if rule.two_digits else f"to {rule.round}" if rule.round > 1 else "none"
    return f"{rule.k_cell}{opened}; rounding {rounding}"


def thresholds_of(policy: Policy) -> tuple[str, str]:
    """The smallest group and rounding of an export, and the chance that it adds."""
    return _thresholds(policy), _noise(policy)


def _noise(policy: Policy) -> str:
    drawn = [(name, loss_of([(noise.nano_rho, noise.pico_delta)])) for name, noise in sorted(policy.noise.items())]
    if len(drawn) > 1:
        drawn.append(("together", loss_of((noise.nano_rho, noise.pico_delta) for noise in policy.noise.values())))
    return "; ".join(f"{name}: epsilon {loss['epsilon']:.2f} at delta {loss['delta']:g}" for name, loss in drawn) or "none"


def _left() -> Iterator[str]:
    for policy in (policy_of(name).policy for name in export_names()):
        yield f"\n{policy.title} (`{policy.export}`):\n"
        rows = [
            (f"`{file}`", f"`{name}`", rule.meaning, CLASSES[rule.privacy], rule.category)
            for file, columns in sorted(policy.files.items())
            for name, rule in columns.items()
        ]
        yield from table(("File", "Column", "Meaning", "Class", "Category (fideslang)"), rows)
        yield "\nNot guaranteed:\n"
        yield from (f"* {sentence}" for sentence in policy.not_guaranteed)


def classes() -> Iterator[str]:
    """The table of privacy classes, each with the categories of its columns."""
    rows = []
    for privacy, meaning in CLASSES.items():
        found = [column for column in BY_NAME.values() if column.privacy == privacy]
        categories = sorted({category_of(column) for column in found})
        rows.append((f"`{privacy}`", meaning, ", ".join(f"`{each}`" for each in categories) or "there is none"))
    return table(("Class", "The column …", "Categories (fideslang)"), rows)


def _words(name: str) -> str:
    return name.replace("_", " ")


_TABLES: dict[str, Callable[[], Iterator[str]]] = {"purposes": _purposes, "exports": _exports, "columns": _left, "classes": classes}

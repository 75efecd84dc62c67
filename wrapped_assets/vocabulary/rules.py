"""The named counting rules and the edition windows that they apply to."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from datetime import MAXYEAR, MINYEAR, date
from typing import Any, Literal


@dataclass(frozen=True)
class Rules:
    """The counting rules of an edition: what counts, in which window, by which clock. An asset sees only the fields it declares."""

    name: str
    minimum_ms_played: int  # plays at least this long are listens; 0: every play
    window_start: date  # both ends inclusive, listener's local days
    window_end: date
    clock: Literal["local", "utc"]
    private_sessions: Literal["minutes_only", "ranked"]
    minutes_from: Literal["ms_played", "recording_length"]
    unknown_length_ms: int  # added to the minutes for a play without played time or length
    minutes_minimum_ms: int = 0  # other plays than listens add to the minutes if they are at least this long; 0: always
    versions: Literal["apart", "joined"] = "apart"  # album, single and radio versions of a recording; remasters are always joined


RULE_SETS: dict[str, dict[str, Any]] = {
    "default": {
        "minimum_ms_played": 30_000,
        "window": ((1, 1), (12, 31)),
        "clock": "local",
        "private_sessions": "minutes_only",
        "minutes_from": "ms_played",
        "unknown_length_ms": 0,
        "minutes_minimum_ms": 0,
        "versions": "apart",
    },
    "spotify-compatible": {
        "minimum_ms_played": 30_000,
        "window": ((1, 1), (11, 10)),
        "clock": "local",
        "private_sessions": "minutes_only",
        "minutes_from": "ms_played",
        "unknown_length_ms": 0,
        "minutes_minimum_ms": 30_000,
        "versions": "joined",
    },
    "listenbrainz-compatible": {
        "minimum_ms_played": 0,
        "window": ((1, 1), (12, 31)),
        "clock": "utc",
        "private_sessions": "ranked",
        "minutes_from": "recording_length",
        "unknown_length_ms": 180_000,
        "minutes_minimum_ms": 0,
        "versions": "apart",
    },
}

RULE_FIELDS = frozenset(field.name for field in fields(Rules))


def rules_for(name: str, year: int, window_start: date | None = None, window_end: date | None = None) -> Rules:
    """Returns the rule set `name` for an edition of `year`. A given window start or end replaces the rule set's.

    Raises ValueError for an unknown name, a year that no calendar has, or a window that is empty or extends beyond the year.
    """
    if not MINYEAR <= year <= MAXYEAR:
        raise ValueError(f"expected a year from {MINYEAR} to {MAXYEAR}, got {year}")
    if name not in RULE_SETS:
        raise ValueError(f"unknown rules {name!r}; known are {', '.join(RULE_SETS)}")
    values = dict(RULE_SETS[name])
    start, end = values.pop("window")
    rules = Rules(name=name, window_start=window_start or date(year, *start), window_end=window_end or date(year, *end), **values)
    if not date(year, 1, 1) <= rules.window_start <= rules.window_end <= date(year, 12, 31):
        raise ValueError(
            f"the window {rules.window_start} to {rules.window_end} must lie within {year} and end on or after its start; "
            "both ends are inclusive"
        )
    return rules


def clamped(rules: Rules, first_day: date, last_day: date) -> Rules:
    """Returns the rules with the window limited to these days, which is all that a month may depend on.

    A moved window end therefore affects only the months that it moves over. In an empty window the end is before the start.
    """
    start, end = max(rules.window_start, first_day), min(rules.window_end, last_day)
    if start > end:  # the window and the days do not overlap
        start, end = date.max, date.min
    return replace(rules, window_start=start, window_end=end)


class UndeclaredRule(AttributeError):  # noqa: N818 (a finding about code: its text holds no data)
    """Raised when a function reads a rule that its asset does not declare."""


class DeclaredRules:
    """The rules as an asset sees them: reading an undeclared field raises UndeclaredRule."""

    def __init__(self, rules: Rules, declared: frozenset[str]) -> None:
        self._rules, self._declared = rules, declared

    def __getattr__(self, field: str) -> Any:
        if field not in self._declared:
            if field not in RULE_FIELDS:
                raise UndeclaredRule(f"there is no rule {field!r}; known are {', '.join(sorted(RULE_FIELDS))}")
            declared = ", ".join(sorted(self._declared))
            raise UndeclaredRule(f"the rule {field!r} is not declared; add it to rules=[…], which has {declared}")
        return getattr(self._rules, field)


def as_published(rules: Rules) -> dict[str, str]:
    """The rules as text, as stored with a published edition."""
    return {field.name: str(getattr(rules, field.name)) for field in fields(Rules)}


def rules_as_published(kept: dict[str, str]) -> Rules:
    """The inverse of `as_published`."""
    readers = {"int": int, "float": float, "date": date.fromisoformat}
    told = [field for field in fields(Rules) if field.name in kept]  # an older edition lacks rules that were added later
    return Rules(**{field.name: readers.get(str(field.type), str)(kept[field.name]) for field in told})

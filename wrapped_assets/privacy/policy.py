"""The policy of an export: one reviewed file, pinned by its hash, which the gate, the checks and the report all read."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Literal, Self

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from wrapped_assets.contracts.errors import InputError, RefusedError

POLICIES = Path(__file__).parent.parent / "exports" / "policies"
STATIC = "static"  # the folder of the files that are delivered as they are
PINS = "pins.json"  # export → SHA-256 of its policy as it was reviewed
# What a column about many people counts: people, an amount that they add up to, its mean, a share, a place, or a word that names a group.
Figure = Literal["people", "amount", "mean", "share", "rank", "label"]
# What a public text may be that reads as a number: a name of music, the edition's year, or a word of the operator's own file.
Numeral = Literal["name", "year", "given"]
PrivacyClass = Literal["direct", "pseudonym", "quasi", "sensitive", "own_content", "aggregate", "public"]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class ColumnRule(_Strict):
    """One column that may leave: its class, its fideslang data category, and what it means to somebody who is no engineer.

    A column of the class `aggregate` says which `figure` it is, so that the gate can verify it: by the people behind it, or, where
    `noise` names a mechanism of the policy, by that mechanism's floor. A public column has no numbers but of the kind that `numeral` says,
    which the gate looks up where they come from: an artist may be called 1975.
    """

    privacy: PrivacyClass
    category: str
    meaning: str
    figure: Figure | None = None
    noise: str | None = None
    numeral: Numeral | None = None
    step: int | None = Field(default=None, ge=1)  # to what it is rounded, where not as the policy rounds
    unit: int = Field(default=1, ge=1)  # how much of what people add up makes one: milliseconds of an hour


class Eligible(_Strict):
    """Who may be in it. A year of birth that is not known counts as a child's."""

    consent: str  # the purpose that must stand open; `partner:*` is filled in with the recipient
    minimum_age: int = Field(ge=0)
    private_sessions: Literal["exclude"] = "exclude"


class Disclosure(_Strict):
    """Thresholds of published tables."""

    k_open: int | None = None  # from how many listeners anything beyond totals is shown
    k_cell: int = Field(ge=1)
    round: int = Field(ge=1, default=1)
    two_digits: bool = False
    p_percent: int | None = None
    largest_share_percent: int | None = None
    merge_other: bool = False
    dimensions: int = 1


class Breakdown(_Strict):
    """A file whose rows are parts of wholes: `value` names the part, the columns `within` the whole."""

    value: str
    within: list[str]


class Noise(_Strict):
    """What is drawn at random, and its share of the yearly budget."""

    mechanism: Literal["top_k", "gaussian_threshold", "laplace"]
    nano_rho: int = Field(gt=0)
    delta: float = 1e-6
    k: int | None = None
    keys_per_person: int | None = None
    facts_per_person: int | None = None
    release_from: int | None = None  # the least noisy count that is released
    sentence: str  # what the noise means, in one sentence

    @property
    def pico_delta(self) -> int:
        """The delta that the mechanism itself spends, in trillionths: a threshold does, the others none."""
        return round(self.delta * 10**12) if self.mechanism == "gaussian_threshold" else 0


class Release(_Strict):
    """Whether a release stays as it is, and by how many people one that is told anew must differ, in every figure."""

    frozen: bool
    restate_people: int = 50
    least_days: int = 0  # between two releases for one recipient, where not frozen


class Policy(_Strict):
    """Everything that was decided about an export."""

    export: str
    title: str
    purpose: str  # what it is for, in plain words
    data_use: str  # fideslang
    lawful_basis: Literal["consent", "legitimate_interest", "legal_obligation"]
    recipients: list[str]
    files: dict[str, dict[str, ColumnRule]]  # the allow list: exactly these files with exactly these columns
    static_files: dict[str, str] = {}  # files that are always the same: name → SHA-256 of the reviewed content in policies/static
    eligible: Eligible | None
    disclosure: Disclosure | None = None
    breakdowns: dict[str, Breakdown] = {}  # by file
    noise: dict[str, Noise] = {}
    release: Release
    approvals: list[str] = []
    deny: list[str] = []  # genres, tags and days (MM-DD) about which nothing is said
    retention_days: int
    not_guaranteed: list[str]

    @model_validator(mode="after")
    def _says_what_every_figure_is(self) -> Self:
        for file, columns in self.files.items():
            figures = {name: rule for name, rule in columns.items() if rule.figure}
            if unsaid := [name for name, rule in columns.items() if (rule.privacy == "aggregate") != (rule.figure is not None)]:
                raise ValueError(f"{file}: {unsaid[0]} must be of the class aggregate and say which figure it is, or neither")
            if unknown := sorted({rule.noise for rule in figures.values() if rule.noise} - set(self.noise)):  # type: ignore[type-var]
                raise ValueError(f"{file}: there is no noise called {unknown[0]}")
            if figures and not all(rule.noise for rule in figures.values()) and not any(r.figure == "people" for r in figures.values()):
                raise ValueError(f"{file}: figures without noise need a column that counts the people behind them")
        return self


@dataclass(frozen=True)
class PinnedPolicy:
    """A policy and the hash of the file that it was read from."""

    policy: Policy
    sha256: str


def policy_of(export: str, folder: Path | None = None) -> PinnedPolicy:
    """The export's policy; RefusedError where the file is not the one that was reviewed, or does not say everything."""
    folder = folder or POLICIES
    path, pins = folder / f"{export}.yaml", folder / PINS
    if not path.exists():
        raise InputError(f"unknown export {export!r}; known are {', '.join(export_names(folder))}")
    content = path.read_bytes()
    digest = sha256(content).hexdigest()
    if json.loads(pins.read_text()).get(export) != digest:
        raise RefusedError(
            f"the policy of {export} is not the one that was reviewed and pinned: have the change reviewed, then pin its hash in {PINS}"
        )
    try:
        return PinnedPolicy(_read(content), digest)
    except ValidationError as error:
        first = error.errors()[0]
        raise RefusedError(f"the policy of {export} is not complete: {'.'.join(map(str, first['loc']))}: {first['msg']}") from None


@cache
def _read(content: bytes) -> Policy:
    return Policy.model_validate(yaml.safe_load(content))


def numbers_of(columns: Mapping[str, ColumnRule]) -> list[str]:
    """The columns of a file that hold whole numbers: every figure that is not a label."""
    return [name for name, rule in columns.items() if rule.figure not in (None, "label")]


def static_contents(policy: Policy, folder: Path | None = None) -> dict[str, bytes]:
    """The files that go along unchanged; RefusedError where one is not the one whose hash the policy pins."""
    contents = {}
    for name, pinned in policy.static_files.items():
        path = (folder or POLICIES) / STATIC / name
        contents[name] = path.read_bytes() if path.parent.name == STATIC and path.is_file() else b""
        if sha256(contents[name]).hexdigest() != pinned:
            raise RefusedError(f"the file {name} that goes along with {policy.export} is not the one that was reviewed")
    return contents


def export_names(folder: Path | None = None) -> list[str]:
    """The exports that have a policy; there is none without."""
    return sorted(path.stem for path in (folder or POLICIES).glob("*.yaml"))

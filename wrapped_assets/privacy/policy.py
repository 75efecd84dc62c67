"""The policy of an export: one reviewed file, pinned by its hash, which the gate, the checks and the report all read."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from wrapped_assets.contracts.errors import InputError, RefusedError

POLICIES = Path(__file__).parent.parent / "exports" / "policies"
STATIC = "static"  # the folder of the files that are delivered as they are
PINS = "pins.json"  # export → SHA-256 of its policy as it was reviewed
PrivacyClass = Literal["direct", "pseudonym", "quasi", "sensitive", "own_content", "aggregate", "public"]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class ColumnRule(_Strict):
    """One column that may leave: its class, its fideslang data category, and what it means to somebody who is no engineer."""

    privacy: PrivacyClass
    category: str
    meaning: str


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


class Release(_Strict):
    """Whether a release stays as it is, and what a restatement needs."""

    frozen: bool
    restate_people: int = 50
    restate_days: int = 90


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
    noise: dict[str, Noise] = {}
    release: Release
    approvals: list[str] = []
    deny: list[str] = []  # genres, tags and days (MM-DD) about which nothing is said
    retention_days: int
    not_guaranteed: list[str]


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

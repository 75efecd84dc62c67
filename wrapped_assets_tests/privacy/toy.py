"""A toy export with its policy, to attack the gate with: how much eligible listeners played, and one noisy count."""

from __future__ import annotations

import json
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path

import polars as pl
import yaml

from wrapped_assets.privacy import gate, signing
from wrapped_assets.privacy.draws import Draws
from wrapped_assets.privacy.export import Export, Produced
from wrapped_assets.privacy.policy import Policy
from wrapped_assets.privacy.snapshot import Snapshot
from wrapped_assets.storage import approvals, consents
from wrapped_assets.storage.exports import ExportRecord
from wrapped_assets.storage.registry import Listener, find_listener, register
from wrapped_assets.storage.responsible import Controller, Signer, add_signer
from wrapped_assets.storage.root import Root

YEAR = 2025
CONTROLLER = Controller("Radio Example", "privacy@radio.example")
POLICY: dict[str, object] = {
    "export": "toy", "title": "Toy", "purpose": "To be attacked.", "data_use": "analytics.reporting", "lawful_basis": "legitimate_interest",
    "recipients": ["nobody"], "retention_days": 1, "not_guaranteed": ["anything"], "approvals": ["privacy"],
    "release": {"frozen": True, "restate_people": 2},
    "eligible": {"consent": "charts", "minimum_age": 18},
    "disclosure": {"k_cell": 1, "round": 1},
    "noise": {"listeners": {"mechanism": "laplace", "nano_rho": 24_000_000, "facts_per_person": 1, "sentence": "Noise."}},
    "files": {"toy.csv": {
        "figure": {"privacy": "public", "category": "system.operations", "meaning": "What is counted."},
        "count": {"privacy": "aggregate", "figure": "amount", "noise": "listeners", "category": "user.behavior.media_consumption",
                  "meaning": "How many."},
    }},
}  # fmt: skip


def produce(snapshot: Snapshot, draws: Draws) -> Produced:
    plays = snapshot.read("insights/listening_totals", ["play_count"]).select(pl.col("play_count").sum()).collect().item()
    (noisy,) = draws.facts("listeners", [len(snapshot.people.listener_ids)])
    return Produced({"toy.csv": pl.DataFrame({"figure": ["plays", "listeners"], "count": [plays, noisy]})})


def faults(tables: Mapping[str, pl.DataFrame], policy: Policy) -> list[str]:
    del policy
    return ["plays are below 0"] if (tables["toy.csv"].filter(pl.col("figure") == "plays")["count"] < 0).any() else []


TOY = Export("toy", {"insights/listening_totals": ("play_count",)}, produce, faults)


def write_policy(folder: Path, **changes: object) -> None:
    """Writes the policy and pins it."""
    content = yaml.safe_dump({**POLICY, **changes}, sort_keys=False).encode()
    folder.mkdir(exist_ok=True)
    (folder / "toy.yaml").write_bytes(content)
    (folder / "pins.json").write_text(json.dumps({"toy": sha256(content).hexdigest()}))


def agree(root: Root, name: str, purpose: str = "charts", state: str = "given", birth_year: int | None = 1980) -> Listener:
    """Says of a listener when they were born, and what they said."""
    listener = find_listener(root, name)
    register(root, [Listener(listener.listener_id, name, listener.time_zone, "PT", birth_year)])
    consents.record(root, listener, purpose, state, method="web_form")
    return listener


def approved_and_cleared(root: Root, record: ExportRecord) -> None:
    """Lets a staged export out, all but the delivery."""
    gate.clear(root, TOY, record.export_id)
    approvals.approve(root, record.export_id, "privacy", "Ada")


def signed(root: Root, export_id: str, role: str, name: str, lists: str | None = None) -> None:
    """An approval with a new key of the signer's own, listed for that name and role (or for the role `lists`)."""
    path = root.path.parent / f"{name}-{role}.key"
    path.unlink(missing_ok=True)
    add_signer(root, Signer(name, lists or role, signing.make_key(path)))
    signing.approve(root, export_id, role, name, path)

"""The privacy report: what an export is, who is in it and what it does not promise, from the objects that the gate used."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any

import orjson
from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template

from wrapped_assets.faces.embedding import CONTENT_POLICY, with_faces
from wrapped_assets.kernels.privacy_loss import DELTA, epsilon_of
from wrapped_assets.privacy.disclosure import banded
from wrapped_assets.privacy.eligible import REASONS
from wrapped_assets.privacy.export import Produced
from wrapped_assets.privacy.noise import NANO, Laplace
from wrapped_assets.privacy.policy import PinnedPolicy, Policy
from wrapped_assets.privacy.snapshot import Snapshot
from wrapped_assets.privacy.staged_files import as_csv
from wrapped_assets.storage.approvals import Approval
from wrapped_assets.storage.budget import PICO, Spend
from wrapped_assets.storage.exports import ExportRecord
from wrapped_assets.storage.responsible import Controller

REPORT = "privacy_report.json"
PAGE = "privacy_report.html"


def figures_of(snapshot: Snapshot, produced: Produced, restatement: str | None) -> dict[str, Any]:
    """Everything in the report that follows from snapshot, policy and tables; a check computes it again."""
    policy = snapshot.pinned.policy
    return {
        "export": policy.export,
        "title": policy.title,
        "year": snapshot.year,
        "recipient": snapshot.recipient,
        "purpose": policy.purpose,
        "data_use": policy.data_use,
        "lawful_basis": policy.lawful_basis,
        "recipients": policy.recipients,
        "static_files": policy.static_files,
        "files": {name: _file(policy, name, as_csv(table), table.height) for name, table in sorted(produced.tables.items())},
        "people": {
            "in": banded(len(snapshot.people.listener_ids)),
            "left_out": [
                {"reason": reason, "meaning": REASONS[reason], "people": banded(count)}
                for reason, count in snapshot.people.left_out.items()
            ],
        },
        "thresholds": policy.disclosure.model_dump() if policy.disclosure else {},
        "hidden": {what: banded(count) for what, count in sorted(produced.hidden.items())},
        "noise": [_noise(name, policy) for name in sorted(policy.noise)],
        "denied_topics": policy.deny,
        "not_guaranteed": policy.not_guaranteed,
        "release": policy.release.model_dump(),
        "restatement": restatement,
        "retention_days": policy.retention_days,
        "edition_number": snapshot.edition.number,
        "rules": snapshot.edition.rules,
        "snapshot_id": snapshot.snapshot_id,
        "policy_sha256": snapshot.pinned.sha256,
        "consents_as_of": snapshot.taken_at,
    }


def _file(policy: Policy, name: str, content: bytes, rows: int) -> dict[str, Any]:
    columns = [{"name": column, **rule.model_dump()} for column, rule in policy.files.get(name, {}).items()]
    return {"rows": rows, "sha256": sha256(content).hexdigest(), "columns": columns}


def _noise(name: str, policy: Policy) -> dict[str, Any]:
    noise = policy.noise[name]
    is_pure = noise.mechanism == "laplace"  # keeps its epsilon without a delta
    epsilon = Laplace(noise.facts_per_person or 1, noise.nano_rho).epsilon if is_pure else epsilon_of(noise.nano_rho / NANO)
    return {
        "name": name, "mechanism": noise.mechanism, "rho": noise.nano_rho / NANO,
        "delta": 0 if is_pure else round(noise.pico_delta / PICO + DELTA, 15),
        "epsilon": round(epsilon, 3), "sentence": noise.sentence,
    }  # fmt: skip


def loss_of(parts: Iterable[tuple[int, int]]) -> dict[str, float]:
    """The whole of several (nano-rho, pico-delta): rho, and the epsilon that it is worth at the delta given beside it."""
    pairs = list(parts)
    rho, spent = sum(rho for rho, _ in pairs) / NANO, sum(delta for _, delta in pairs) / PICO
    return {"rho": rho, "epsilon": round(epsilon_of(rho), 3), "delta": round(spent + DELTA, 15) if pairs else 0}


def _losses(policy: Policy, year: int | None, spends: Sequence[Spend]) -> dict[str, Any]:
    """What this release may cost a person, and what all of the year up to it may: both as a whole, and draw by draw."""
    rows = [
        {"release": key[0], "draw": "/".join(key[3:]), **loss_of([(spend.nano_rho, spend.pico_delta)])}
        for spend in spends
        if len(key := spend.request_key.split("/")) > 3
    ]
    return {
        "release": loss_of((noise.nano_rho, noise.pico_delta) for noise in policy.noise.values()),
        "year": {"year": year, **loss_of((spend.nano_rho, spend.pico_delta) for spend in spends)},
        "draws": rows,
    }


def finished_report(
    pinned: PinnedPolicy, record: ExportRecord, figures: Mapping[str, Any], controller: Controller | None, approvals: Sequence[Approval],
    spends: Sequence[Spend] = (),
) -> dict[str, bytes]:  # fmt: skip
    """The report as it is delivered, as JSON and as a page: the figures, the export's id and hash, who approved it, who answers for it.

    `spends` is what the year's account paid up to this release: added up, for nobody cares which release it was that told of them.
    """
    whole = {
        **figures,
        "losses": _losses(pinned.policy, record.year, spends) if pinned.policy.noise else None,
        "export_id": record.export_id,
        "staged_sha256": record.sha256,
        "controller": asdict(controller) if controller else None,
        "approvals": [
            {
                "role": each.role, "approver": each.approver, "account": each.account, "at": each.approved_at.isoformat(),
                "public_key": each.public_key, "signature": each.signature,
            }
            for each in approvals
        ],
        "approvals_needed": pinned.policy.approvals,
    }
    page = with_faces(_template().render(policy=CONTENT_POLICY, report=whole))
    return {REPORT: orjson.dumps(whole, option=orjson.OPT_INDENT_2 | orjson.OPT_SORT_KEYS), PAGE: page.encode()}


@cache
def _template() -> Template:
    loader = FileSystemLoader(Path(__file__).parent)
    environment = Environment(loader=loader, autoescape=True, trim_blocks=True, lstrip_blocks=True, undefined=StrictUndefined)
    return environment.get_template("report.html")

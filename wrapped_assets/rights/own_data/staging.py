"""Writes everything about one person into a private folder: tables, their dictionary, the page, and the figures of the privacy report."""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

import orjson

from wrapped_assets.privacy.policy import PinnedPolicy
from wrapped_assets.privacy.report import REPORT
from wrapped_assets.privacy.staged_files import hash_of_file, write_private
from wrapped_assets.rights.own_data.clearance import ABOUT, DICTIONARY, PAGE
from wrapped_assets.rights.own_data.contents import tables_of
from wrapped_assets.rights.own_data.fields import dictionary_frame
from wrapped_assets.rights.own_data.files import DATA, write_table
from wrapped_assets.rights.own_data.from_lake import Lake
from wrapped_assets.rights.own_data.page import Told, page_html
from wrapped_assets.serving.documents import as_json
from wrapped_assets.storage.exports import ExportRecord
from wrapped_assets.storage.responsible import responsible

FETCH_WITHIN = timedelta(days=7)


def write_everything(lake: Lake, pinned: PinnedPolicy, folder: Path, record: ExportRecord, locale: str) -> int:
    """Fills an empty folder; returns how many rows all tables have together."""
    (folder / DATA).mkdir(mode=0o700)
    until, controller = record.created_at + FETCH_WITHIN, responsible(lake.root).controller
    told = Told(lake.listener, locale, record, until, _destroyed_at(record, pinned), lake.built_at, controller)
    described = []
    for table in tables_of(lake.root, lake.listener, lake, pinned.policy, besides=record.export_id):
        write_table(folder, table.name, table.frame)
        described.append((table.name, table.fields))
        told.take(table)
    write_table(folder, DICTIONARY, dictionary_frame(described))
    write_private(folder / DATA / f"{ABOUT}.json", [as_json(_about(told, pinned))])
    write_private(folder / PAGE, [page_html(lake.root, told).encode()])
    figures = _figures(folder, told, described, pinned, record.snapshot_id)
    write_private(folder / REPORT, [orjson.dumps(figures, option=orjson.OPT_INDENT_2 | orjson.OPT_SORT_KEYS)])
    return sum(told.counts.values())


def _destroyed_at(record: ExportRecord, pinned: PinnedPolicy) -> datetime:
    return record.created_at + timedelta(days=pinned.policy.retention_days)


def snapshot_id_of(lake: Lake, pinned: PinnedPolicy) -> str:
    """A hash of the cells and the policy that own data is made of."""
    cells = "\n".join(sorted(f"{cell}\t{found.path}" for cell, found in lake.cells.items()))
    return sha256(f"{pinned.sha256}\n{cells}".encode()).hexdigest()


def _about(told: Told, pinned: PinnedPolicy) -> dict[str, Any]:
    """What a program must know of the folder as a whole."""
    policy = pinned.policy
    return {
        "case_id": told.record.export_id,
        "listener_id": told.listener.listener_id,
        "as_of": told.record.created_at.astimezone(UTC),
        "figures_as_of": told.built_at,
        "fetch_until": told.fetch_until,
        "destroyed_at": told.destroyed_at,
        "locale": told.locale,
        "controller": asdict(told.controller) if told.controller else None,
        "purpose": policy.purpose,
        "lawful_basis": policy.lawful_basis,
        "data_use": policy.data_use,
        "retention_days": policy.retention_days,
        "not_guaranteed": policy.not_guaranteed,
        "formats": {
            "json": "an array of objects, exact",
            "csv": "UTF-8 with a header; texts on one line, no formulas; lists with semicolons",
        },
        "files": [
            {"name": table.name, "section": table.section, "meaning": table.meaning, "rows": told.counts[table.name]}
            for table in told.tables
        ],
    }


def _figures(folder: Path, told: Told, described: list[Any], pinned: PinnedPolicy, snapshot_id: str | None) -> dict[str, Any]:
    """The report's figures in the form that every export's report has."""
    policy = pinned.policy
    files = {}
    for name, fields in described:
        columns = [{"name": each.name, "meaning": each.meaning, "privacy": each.privacy, "category": each.category} for each in fields]
        for kind in ("csv", "json"):
            path = f"{DATA}/{name}.{kind}"
            shown = columns if kind == "csv" else []  # both have the same
            files[path] = {"rows": told.counts[name], "sha256": hash_of_file(folder / path), "columns": shown}
    return {
        "export": policy.export, "title": policy.title, "year": None, "recipient": None, "purpose": policy.purpose,
        "data_use": policy.data_use, "lawful_basis": policy.lawful_basis, "recipients": policy.recipients, "static_files": {},
        "files": files, "people": {"in": "one", "left_out": []}, "thresholds": {}, "hidden": {}, "noise": [], "denied_topics": [],
        "not_guaranteed": policy.not_guaranteed, "release": policy.release.model_dump(), "restatement": None,
        "retention_days": policy.retention_days, "edition_number": None, "rules": {}, "snapshot_id": snapshot_id,
        "policy_sha256": pinned.sha256, "consents_as_of": told.record.created_at,
    }  # fmt: skip

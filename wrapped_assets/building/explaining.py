"""Explains in words why each cell is stale or fresh, using the planner's own decisions."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import sqlalchemy as sa

from wrapped_assets.building.situate import Project
from wrapped_assets.contracts.errors import InputError
from wrapped_assets.kernels.versions import combined
from wrapped_assets.planning.plan import decide, make_plan, read_inputs, written_inputs
from wrapped_assets.storage import tables
from wrapped_assets.storage.database import insert_new
from wrapped_assets.vocabulary.periods import Cell


def explain_cells(project: Project, asset: str, partition: str | None) -> list[dict[str, Any]]:
    """Each partition's state, why, and what exactly changed; of one partition, of a period's, or of all."""
    declaration = project.graph.find(asset)
    situation = project.situation()
    cells = [cell for cell in situation.expected() if cell.asset == declaration.key and partition in (None, cell.partition, cell.period)]
    if partition and not cells:
        known = sorted({cell.partition for cell in situation.expected() if cell.asset == declaration.key})
        span = f"; there are {known[0]} to {known[-1]}" if known else "; nothing is landed yet"
        raise InputError(f"{declaration.key} has no partition {partition!r}{span}")
    pending = {step.cell for step in make_plan(situation).steps}
    found = []
    for cell in cells:
        decision = decide(situation, cell, pending - {cell})
        changed: list[str] = []
        stored = situation.stored.get(cell)
        if stored is not None and decision.reason in ("logic", "engine"):
            changed = _parts_changed(project, stored.logic, cell)
        elif stored is not None and decision.reason in ("data", "column"):
            changed = _inputs_changed(stored.inputs, written_inputs(situation, cell))
        found.append(
            {
                "partition": cell.partition, "state": "stale" if decision.reason else "fresh", "reason": decision.reason,
                "because": decision.because, "changed": changed,
            }
        )  # fmt: skip
    return found


def _parts_changed(project: Project, before: str, cell: Cell) -> list[str]:
    """Which functions, constants, columns or libraries differ from those that the stored cell was made with."""
    with project.root.engine.connect() as connection:
        recorded = connection.execute(sa.select(tables.logics.c.parts).where(tables.logics.c.fingerprint == before)).scalar()
    if recorded is None:
        return []
    now = project.logic_parts[cell.asset]
    verbs = []
    for name in sorted(recorded.keys() | now.keys()):
        if name == "code":
            pass  # the graph of all of them
        elif name not in now:
            verbs.append(f"{name}: no longer reached")
        elif name not in recorded:
            verbs.append(f"{name}: new")
        elif recorded[name] != short(now[name]):
            verbs.append(f"{name}: changed")
    return verbs


def short(text: str) -> str:
    """A part of the logic as recorded: enough to see that it changed."""
    return combined(text)[:16]


def _inputs_changed(before: str, now: str) -> list[str]:
    old, new = read_inputs(before), read_inputs(now)
    lines = []
    for name in sorted(old.keys() | new.keys()):
        if old.get(name) == new.get(name):
            continue
        if name not in old or name not in new:
            lines.append(f"{name}: {'new' if name not in old else 'gone'}")
        else:
            columns = [column for column in sorted(old[name].keys() | new[name].keys()) if old[name].get(column) != new[name].get(column)]
            lines.append(f"{name}: changed in {', '.join(columns)}")
    return lines


def unrecorded(project: Project) -> set[str]:
    """The assets whose logic no build of this root has recorded yet."""
    with project.root.engine.connect() as connection:
        known = set(connection.execute(sa.select(tables.logics.c.fingerprint)).scalars())
    return {key for key, fingerprint in project.logic.items() if fingerprint not in known}


def record_logic(project: Project, keys: Iterable[str]) -> None:
    """Keeps what each fingerprint of these assets was made of, so that a later change can be named."""
    parts = {project.logic[key]: project.logic_parts[key] for key in keys}
    rows = [{"fingerprint": each, "parts": {name: short(text) for name, text in found.items()}} for each, found in sorted(parts.items())]
    with project.own_records() as connection:
        insert_new(connection, tables.logics, rows)

"""Decides which cells must be computed, and why. Pure: the same situation gives the same plan."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field, replace
from typing import Literal

from wrapped_assets.kernels.versions import SCHEME, hashed, written
from wrapped_assets.planning.halves import is_same_code
from wrapped_assets.planning.situation import Situation
from wrapped_assets.vocabulary.periods import Cell

Reason = Literal["missing", "damaged", "logic", "engine", "rules", "data", "column", "upstream", "asked", "rebucketed"]


@dataclass(frozen=True, slots=True)
class Decision:
    """Whether a cell is stale. `reason` None means fresh; `upstream` means that an input will run first, then the cell is checked again."""

    reason: Reason | None
    because: str = ""
    input_version: str = ""


MISSING = Decision("missing", "it was never computed")
REBUCKETED = Decision("rebucketed", "its bucket was divided since it was computed")


@dataclass(frozen=True, slots=True)
class Step:
    """One cell to compute, and why."""

    cell: Cell
    reason: Reason
    because: str
    rows: int | None  # what is stored now
    seconds: float | None  # what it took last time


@dataclass
class Plan:
    """The cells to compute, inputs first, the number of fresh cells, and stored cells whose input is gone."""

    steps: list[Step] = field(default_factory=list)
    unchanged: int = 0
    gone: list[Cell] = field(default_factory=list)


def decide(situation: Situation, cell: Cell, pending: Collection[Cell] = ()) -> Decision:
    """Compares a cell's current inputs with the recorded ones."""
    declaration = situation.graph.by_key[cell.asset]
    logic, rules = situation.logic[cell.asset], situation.rules_version(declaration, cell.period)
    waits: str | None = None
    texts = [written(SCHEME, logic, rules)]
    for key, partition, source, text in situation.texts_of(cell):
        if pending and source is not None and source in pending:
            waits = waits or f"{key} {partition} is about to run"
        texts.append(text)
    version = hashed("".join(texts))
    stored = situation.stored.get(cell)
    if stored is None:
        return replace(_never_computed(situation, cell), input_version=version)
    if cell in situation.damaged:
        only = "; its edition is frozen, so only the same rows are taken" if situation.is_frozen(cell) else ""
        return Decision("damaged", f"its file is gone or damaged{only}", version)
    if not is_same_code(stored.logic, logic):
        return Decision("logic", "its code, or code that it reaches, changed", version)
    if stored.rules != rules:
        return Decision("rules", f"a rule that it depends on changed ({', '.join(sorted(declaration.rules))})", version)
    if situation.is_frozen(cell):
        return Decision(None, "its edition is frozen: its population stays as it was", stored.input_version)
    if stored.logic != logic:
        return Decision("engine", "the engine changed; `wrapped explain` says which part of it", version)
    if stored.scheme != SCHEME:
        return Decision("logic", "its content hashes were made by an older program", version)
    if waits:
        return Decision("upstream", waits, version)
    if stored.input_version != version:
        reason, because = _what_changed(situation, cell, stored.inputs)
        return Decision(reason, because, version)
    return Decision(None, "", version)


def _never_computed(situation: Situation, cell: Cell) -> Decision:
    return REBUCKETED if situation.is_divided(cell) else MISSING


def _what_changed(situation: Situation, cell: Cell, recorded: str) -> tuple[Reason, str]:
    """Names the input that differs from the record: an external input as data, an asset's as a column."""
    before = read_inputs(recorded)
    now = {f"{key} {partition}": hashes for key, partition, _, hashes in situation.inputs_of(cell)}
    for name in sorted(before.keys() | now.keys()):
        old, new = before.get(name), {column: digest[:12] for column, digest in now.get(name, {}).items()} or None
        if old == new:
            continue
        outside = name.partition("/")[0] in ("sources", "registry")
        if old is None:
            return ("data" if outside else "column"), f"{name} is new"
        if new is None:
            return ("data" if outside else "column"), f"{name} is gone"
        changed = [column for column in sorted(old.keys() | new.keys()) if old.get(column) != new.get(column)]
        return ("data", f"{name} changed") if outside else ("column", f"{name} changed in {', '.join(changed)}")
    return "data", "what it reads changed"


def written_inputs(situation: Situation, cell: Cell) -> str:
    """What a cell reads, as recorded with it: one line per partition, `name partition|column=digest,…`, digests shortened."""
    lines = (
        f"{key} {partition}\t" + ",".join(f"{name}={digest[:12]}" for name, digest in hashes.items())
        for key, partition, _, hashes in situation.inputs_of(cell)
    )
    return "\n".join(lines)


def read_inputs(recorded: str) -> dict[str, dict[str, str]]:
    """The inverse of `written_inputs`."""
    found = {}
    for line in recorded.splitlines():
        name, _, hashes = line.partition("\t")
        found[name] = dict(pair.split("=", 1) for pair in hashes.split(",") if pair)
    return found


def make_plan(situation: Situation, wanted: Collection[Cell] | None = None, *, full: bool = False) -> Plan:
    """Makes the plan for all cells, or for `wanted` and the stale cells that they need. `full` ignores stored cells."""
    plan = Plan()
    expected = situation.expected()
    pending: set[Cell] = set()
    needed = None if wanted is None else _with_inputs(situation, wanted)
    for cell in expected:
        if needed is not None and cell not in needed:
            continue
        decision = decide(situation, cell, pending) if cell in situation.stored else _never_computed(situation, cell)
        if full and (wanted is None or cell in wanted) and decision.reason is None and not situation.is_frozen(cell):
            decision = Decision("asked", "everything was asked for", decision.input_version)
        if decision.reason is None:
            plan.unchanged += 1
            continue
        pending.add(cell)
        stored = situation.stored.get(cell)
        plan.steps.append(
            Step(cell, decision.reason, decision.because, stored.row_count if stored else None, stored.seconds if stored else None)
        )
    if wanted is None:
        plan.gone = sorted((cell for cell in situation.stored if cell not in expected), key=str)
    return plan


def _with_inputs(situation: Situation, wanted: Iterable[Cell]) -> set[Cell]:
    """The cells and all their direct and indirect inputs."""
    found: set[Cell] = set()
    waiting = [cell for cell in wanted if cell in situation.expected()]
    while waiting:
        cell = waiting.pop()
        if cell in found:
            continue
        found.add(cell)
        waiting.extend(source for _, _, source, _ in situation.inputs_of(cell) if source is not None and source not in found)
    return found

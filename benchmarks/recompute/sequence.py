"""The random sequence: edits of every kind in shuffled rounds, each carried out by a worker of its own."""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from benchmarks.recompute import data_edits, logic_edits, prose_edits
from benchmarks.recompute.edits import Bench, Edit
from benchmarks.recompute.package_copy import PackageCopy
from benchmarks.recompute.population import Population

NEW_YEAR = "2024-12"  # two years, so that histories and cut-offs take part, with few months
REPOSITORY = Path(__file__).parents[2]
KINDS: tuple[Callable[[Bench], Edit], ...] = (
    data_edits.nothing, prose_edits.prose, prose_edits.reformat, prose_edits.rename, prose_edits.move,
    logic_edits.refactor_insight, logic_edits.refactor_aggregate, logic_edits.refactor_helper,
    logic_edits.logic_insight, logic_edits.logic_insight, logic_edits.logic_aggregate, logic_edits.helper, logic_edits.added_column,
    logic_edits.column_type, logic_edits.rule_set, logic_edits.engine, logic_edits.revert,
    data_edits.cut_off, data_edits.edition_rules, data_edits.late, data_edits.newcomer, data_edits.removal, data_edits.time_zone,
    data_edits.exclusion, data_edits.profile, data_edits.consent,
)  # fmt: skip


def work(package: Path, job: dict[str, Any], threads: int = 1) -> dict[str, Any]:
    """What a worker reports; it imports the package from `package`. RuntimeError with its last words where it fails."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("WRAPPED_")}
    environment |= {"PYTHONPATH": f"{package}{os.pathsep}{REPOSITORY}", "POLARS_MAX_THREADS": str(threads), "PYTHONHASHSEED": "random"}
    done = subprocess.run(
        [sys.executable, "-P", "-m", "benchmarks.recompute.worker"], input=json.dumps({**job, "package": str(package)}),
        env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip
    if done.returncode:
        raise RuntimeError(done.stderr[-3000:])
    return json.loads(done.stdout)


def run(folder: Path, edits: int, seed: int, size: dict[str, Any], progress: Callable[[dict[str, Any]], None]) -> list[dict[str, Any]]:
    """One record per edit: its kind, what it was, and what the worker found."""
    copy = PackageCopy(folder / "package")
    bench = Bench(copy, Population(folder, **size, seed=seed, first=NEW_YEAR), random.Random(seed))
    job = {"root": str(bench.population.root), "fresh": str(folder / "fresh")}
    work(copy.folder, {**job, "rebuild": False})
    records: list[dict[str, Any]] = []
    waiting: list[Callable[[Bench], Edit]] = []
    while len(records) < edits:
        waiting = waiting or bench.choice.sample(KINDS, len(KINDS))
        bench.number += 1
        edit = waiting.pop()(bench)
        asked = {**job, "code": sorted(edit.code), "rules": edit.rules, "action": edit.action}
        record = {"seed": seed, "number": bench.number, "kind": edit.kind, "what": edit.what, **work(copy.folder, asked)}
        records.append(record)
        progress(record)
    return records

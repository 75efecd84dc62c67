"""One edit, in a process of its own that imports the edited code: plan and build, rebuild from nothing, compare."""

from __future__ import annotations

import json
import resource
import shutil
import sqlite3
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import wrapped_assets
from benchmarks.recompute.actions import perform
from benchmarks.recompute.causes import Cells, without_cause
from wrapped_assets.building.build import BuildReport, build
from wrapped_assets.building.situate import Project
from wrapped_assets.planning.plan import make_plan
from wrapped_assets.storage import manifest
from wrapped_assets.storage.root import SETTINGS_FILE, Root
from wrapped_assets.storage.whole_files import file_hash
from wrapped_assets.vocabulary.periods import Cell

SHOWN = 20  # of the cells that differ or ran without a cause


def cpu_seconds() -> float:
    """Of this process and of those that it waited for."""
    return sum(usage.ru_utime + usage.ru_stime for usage in map(resource.getrusage, (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)))


def timed(what: Callable[[], Any]) -> tuple[Any, float, float]:
    """What it returns, seconds, and CPU seconds."""
    started, cpu = time.perf_counter(), cpu_seconds()
    result = what()
    return result, time.perf_counter() - started, cpu_seconds() - cpu


def from_nothing(root: Root, path: Path) -> Root:
    """A root with the same landing and registry, and an empty lake."""
    path.mkdir(parents=True)
    shutil.copyfile(root.path / SETTINGS_FILE, path / SETTINGS_FILE)
    (path / "landing").symlink_to(root.path / "landing", target_is_directory=True)
    source, target = (sqlite3.connect(place / "registry.sqlite") for place in (root.path, path))
    source.backup(target)
    for table in ("cells", "logics"):
        target.execute(f"delete from {table}")
    target.commit()
    source.close()
    target.close()
    return Root.open(path)


def differences(root: Root, other: Root) -> list[str]:
    """What is not the same in two roots: cells, data versions, input versions, and the bytes on disk."""
    left, right = manifest.load_cells(root), manifest.load_cells(other)
    found = [f"only in one: {cell}" for cell in left.keys() ^ right.keys()]
    for cell in left.keys() & right.keys():
        ours, theirs = left[cell], right[cell]
        if ours.data_version != theirs.data_version:
            found.append(f"values: {cell}")
        elif file_hash(root.path / ours.path) != file_hash(other.path / theirs.path):
            found.append(f"bytes: {cell}")
        elif ours.input_version != theirs.input_version:
            found.append(f"input version: {cell}")
    return sorted(found)


def _reasons(project: Project, report: BuildReport, after: Cells) -> dict[str, int]:
    counts: dict[str, int] = {}
    for cell in report.recomputed:
        reason = after[cell].reason
        counts[reason] = counts.get(reason, 0) + 1
    return counts


def _changed(before: Cells, after: Cells, cells: list[Cell]) -> int:
    return sum(cell not in before or before[cell].data_version != after[cell].data_version for cell in cells)


def run(job: dict[str, Any]) -> dict[str, Any]:
    """Carries out a job: `root`, `fresh`, `action`, `code` (names of the assets whose code was edited), `rules`, and `rebuild`."""
    root = Root.open(Path(job["root"]))
    before = manifest.load_cells(root)
    touched = perform(root, job["action"]) if job.get("action") else {"rules": job["rules"]} if job.get("rules") else {}
    project, load, _ = timed(lambda: Project(root))
    _, logic, _ = timed(lambda: project.logic)
    plan, planned, _ = timed(lambda: make_plan(project.situation()))
    report, seconds, cpu = timed(lambda: build(project))
    after = manifest.load_cells(root)
    causeless = without_cause(report.recomputed, project.graph, before, after, set(job.get("code", [])), touched)
    left = make_plan(project.situation()).steps
    result = {
        "recomputed": len(report.recomputed), "cut_off": len(report.cut_off), "unchanged": report.unchanged, "gone": len(plan.gone),
        "changed": _changed(before, after, report.recomputed), "cells": len(after), "load": load + logic, "plan": planned,
        "seconds": seconds, "cpu": cpu, "reasons": _reasons(project, report, after),
        "without_cause": [str(cell) for cell in causeless][:SHOWN], "without_cause_count": len(causeless),
        "failed": [f"{cell}: {error}" for cell, error in report.failed][:SHOWN], "left": [str(step.cell) for step in left][:SHOWN],
    }  # fmt: skip
    if job.get("rebuild", True):
        other = from_nothing(root, Path(job["fresh"]))
        again = Project(other)
        assert again.logic == project.logic
        whole, full_seconds, full_cpu = timed(lambda: build(again))
        unlike = differences(root, other)
        result |= {
            "full_seconds": full_seconds, "full_cpu": full_cpu, "full_cells": len(whole.recomputed),
            "differences": unlike[:SHOWN], "difference_count": len(unlike), "sound": not unlike and not left,
        }  # fmt: skip
        other.engine.dispose()
        shutil.rmtree(other.path)
        if unlike:  # one fault is one finding: the next edit starts from what is right
            build(project, full=True)
    root.engine.dispose()
    return result


def main() -> None:
    """Reads a job from standard input, writes what came of it to standard output."""
    job = json.load(sys.stdin)
    if not Path(wrapped_assets.__file__).is_relative_to(job["package"]):
        raise SystemExit(f"expected the edited package, got {wrapped_assets.__file__}")
    print(json.dumps(run(job)))


if __name__ == "__main__":
    main()

"""`python -m benchmarks.recompute.by_syntax`: random mutations, each in a process of its own; writes the README's table."""

from __future__ import annotations

import argparse
import json
import os
import random
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path
from typing import Any

from benchmarks.recompute.mutants import mutated
from benchmarks.recompute.package_copy import PackageCopy
from benchmarks.recompute.population import Population
from benchmarks.recompute.reach import assets_reaching
from benchmarks.recompute.table import write_between
from wrapped_assets.planning.fingerprint import is_same_code

REPOSITORY = Path(__file__).parents[2]
ROOMS = ("insights", "aggregates", "listens", "catalogue", "playlists", "kernels", "vocabulary")
APART = ("playlists/formats/", "kernels/hashing.py", "vocabulary/rules.py", "vocabulary/columns.py", "listens/code.py")


def _ask(package: Path, job: dict[str, Any]) -> dict[str, Any]:
    around = {**os.environ, "PYTHONPATH": f"{package}{os.pathsep}{REPOSITORY}", "POLARS_MAX_THREADS": "1", "PYTHONHASHSEED": "random"}
    done = subprocess.run(
        [sys.executable, "-P", "-m", "benchmarks.recompute.mutation_worker"], input=json.dumps(job), env=around,
        capture_output=True, text=True, check=False, timeout=300,
    )  # fmt: skip
    if done.returncode:
        return {"refused": done.stderr[-400:]}
    return json.loads(done.stdout or "{}")


def run(work: Path, edits: int, seed: int, records: Path | None) -> list[dict[str, Any]]:
    """One record per mutation: what it was, and what became of the assets."""
    choice = random.Random(seed)
    copy = PackageCopy(work / "package")
    population = Population(work, listeners=40, listens=8_000, months=3, buckets=2, seed=seed, first="2024-12")
    given = work / "given"
    given.mkdir()
    if refused := _ask(copy.folder, {"capture": str(population.root), "folder": str(given)}).get("refused"):
        raise RuntimeError(refused)
    before = _ask(copy.folder, {"folder": str(given)})
    files = [file for file in copy.below(*ROOMS) if not file.startswith(APART)]
    found: list[dict[str, Any]] = []
    while len(found) < edits:
        file = choice.choice(files)
        made = mutated(copy.read(file), choice)
        if made is None:
            continue
        kind, what, name, text = made
        reached = assets_reaching(copy, {(file, name)})
        old = copy.read(file)
        copy.write(file, text)
        after = _ask(copy.folder, {"folder": str(given), "wanted": sorted(reached)})
        copy.write(file, old)
        record = {"kind": kind, "what": f"{what} in {name} of {file}", **_judged(before, after, reached)}
        found.append(record)
        print(len(found), record, file=sys.stderr)
        if records:
            with records.open("a") as lines:
                lines.write(json.dumps(record) + "\n")
    return found


def _judged(before: dict[str, Any], after: dict[str, Any], reached: set[str]) -> dict[str, Any]:
    if "refused" in after:
        return {"refused": after["refused"].strip().splitlines()[-1][:200]}
    changed = {key for key, fingerprint in after["prints"].items() if before["prints"].get(key) != fingerprint}
    other = {key for key, rows in after["rows"].items() if before["rows"].get(key) != rows}
    by_engine = {key for key in changed if is_same_code(before["prints"].get(key, ""), after["prints"][key])}
    return {
        "recomputed": len(changed), "by_engine": len(by_engine), "other_rows": len(other), "stale": sorted(other - changed),
        "without_cause": sorted(key for key in changed - by_engine if key.rpartition("/")[2] not in reached),
    }  # fmt: skip


def table(records: list[dict[str, Any]]) -> str:
    """Markdown: a row per kind of mutation."""
    kinds: dict[str, Counter[str]] = {}
    for record in records:
        counts = kinds.setdefault(record["kind"], Counter())
        counts["edits"] += 1
        counts["refused"] += "refused" in record
        counts["changed"] += bool(record.get("other_rows"))
        for name in ("recomputed", "by_engine", "other_rows"):
            counts[name] += record.get(name, 0)
        for name in ("stale", "without_cause"):
            counts[name] += len(record.get(name, []))
    columns = ("edits", "refused", "changed", "recomputed", "by_engine", "other_rows", "stale", "without_cause")
    rows = [f"| {kind} | {' | '.join(str(counts[name]) for name in columns)} |" for kind, counts in sorted(kinds.items())]
    total = sum(kinds.values(), Counter())
    rows.append(f"| **all** | {' | '.join(str(total[name]) for name in columns)} |")
    head = "| Mutation | Edits | Refused or fails | Rows changed | Recomputed | By the engine | Other rows | Stale | Without cause |"
    return "\n".join([head, "|---|---|---|---|---|---|---|---|---|", *rows])


def main() -> int:
    """Exit code 1 where an asset's rows changed and its fingerprint did not, or its fingerprint changed without a cause."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--edits", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--records", type=Path, help="add one JSON line per edit to this file; the table is then of all that it holds")
    parser.add_argument("--dry", action="store_true", help="leave the README alone")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as work:
        records = run(Path(work), given.edits, given.seed, given.records)
    if given.records:
        records = [json.loads(line) for line in given.records.read_text().splitlines()]
    print(table(records))
    if not given.dry:
        write_between("by syntax", table(records))
    return int(any(record.get("stale") or record.get("without_cause") for record in records))


if __name__ == "__main__":
    raise SystemExit(main())

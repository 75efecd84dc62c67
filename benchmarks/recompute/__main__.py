"""`python -m benchmarks.recompute`: random edits, each compared with a rebuild from nothing; writes the README's table."""

from __future__ import annotations

import argparse
import json
import shutil
import sys
import tempfile
import time
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks.recompute.sequence import run
from benchmarks.recompute.table import table, write_between

WORK = Path(__file__).parents[1] / "work"
_TOLD = {"recomputed": "recomputed", "changed": "changed", "cut_off": "cut off", "without_cause_count": "without cause"}


def main() -> int:
    """Exit code 1 where a build differed from its rebuild, left something stale, or recomputed without a cause."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--edits", type=int, default=300)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--listeners", type=int, default=40)
    parser.add_argument("--listens", type=int, default=10_000)
    parser.add_argument("--months", type=int, default=3)
    parser.add_argument("--buckets", type=int, default=2)
    parser.add_argument("--work", type=Path, default=WORK, help="where to put the population and the lakes; removed at the end")
    parser.add_argument("--records", type=Path, help="add one JSON line per edit to this file; the table is then of all that it holds")
    parser.add_argument("--dry", action="store_true", help="leave the README alone")
    given = parser.parse_args()
    given.work.mkdir(parents=True, exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix="recompute-", dir=given.work))
    started = time.monotonic()
    size = {name: getattr(given, name) for name in ("listeners", "listens", "months", "buckets")}
    records: list[dict[str, Any]] = []
    try:
        records = run(folder, given.edits, given.seed, size, lambda record: _show(record, given.records))
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    if given.records:
        records = [json.loads(line) for line in given.records.read_text().splitlines()]
    text = f"{_headline(records, size)}\n\n{table(records)}"
    print(f"{text}\n{time.monotonic() - started:.0f} s in all")
    if not given.dry:
        write_between("random edits", text)
    return int(any(not record["sound"] or record["without_cause_count"] or record["failed"] for record in records))


def _headline(records: list[dict[str, Any]], size: dict[str, int]) -> str:
    full, load, plan = (median(record[name] for record in records) for name in ("full_seconds", "load", "plan"))
    seeds = sorted({record["seed"] for record in records})
    return (
        f"{len(records)} edits, seed {', '.join(map(str, seeds))}; "
        f"{size['listeners']} listeners, {size['listens']:,} listens, {size['months']} months, "
        f"{size['buckets']} buckets, {median(record['cells'] for record in records):.0f} cells. One thread. Medians: a full build "
        f"{full:.2f} s, reading all declarations and their fingerprints {load:.2f} s (part of every command, in neither side of a "
        f"ratio), a plan {plan * 1000:.0f} ms."
    )


def _show(record: dict[str, Any], path: Path | None) -> None:
    if path:
        with path.open("a") as file:
            file.write(json.dumps(record) + "\n")
    verdict = "sound" if record["sound"] else "UNSOUND"
    ratio = record["seconds"] / record["full_seconds"]
    did = ", ".join(f"{record[name]} {words}" for name, words in _TOLD.items())
    print(f"{record['number']:4} {verdict} {record['kind']}: {record['what']}: {did}, {ratio:.0%}", file=sys.stderr)
    for name in ("differences", "left", "without_cause", "failed"):
        if record[name]:
            print(f"     {name}: {record[name][:6]}", file=sys.stderr)


if __name__ == "__main__":
    raise SystemExit(main())

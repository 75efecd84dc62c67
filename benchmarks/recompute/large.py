"""`python -m benchmarks.recompute.large`: single edits over a large population, as ratios to its full build; writes the README's table."""

from __future__ import annotations

import argparse
import random
import shutil
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from benchmarks.recompute.__main__ import WORK
from benchmarks.recompute.edits import Bench, Edit
from benchmarks.recompute.package_copy import PackageCopy
from benchmarks.recompute.population import Population
from benchmarks.recompute.sequence import work
from benchmarks.recompute.splicing import with_docstring_sentence, with_result
from benchmarks.recompute.table import write_between

INSIGHTS = ("busiest_day", "top_artists", "top_recordings", "artist_race")  # from the smallest input to the largest
FEWER = "return {}.filter(pl.col('listener_id') % 2 == 0)"
PLAYS = 200  # of the late export
FIRST_MONTH = "2024-01"


def _insight(name: str) -> Callable[[Bench], Edit]:
    def edit(bench: Bench) -> Edit:
        file = f"insights/listener/{name}.py"
        text = with_result(bench.copy.read(file), name, FEWER)
        return bench.edited(f"logic of `{name}`", "half of the listeners left out", file, text, [name])

    return edit


def _nothing(bench: Bench) -> Edit:
    return Edit("nothing", "")


def _prose(bench: Bench) -> Edit:
    file = "kernels/ranking.py"
    return bench.edited("a docstring", "first_per", file, with_docstring_sentence(bench.copy.read(file), "first_per", "Remark."), [])


def _late(bench: Bench) -> Edit:
    listener, month = bench.population.people[0], bench.population.months[-2]
    folder = bench.population.late_export(listener, [month], PLAYS, bench.choice)
    action = {"do": "late", "folder": str(folder), "listener": listener, "months": [month]}
    return Edit("one listener's late export of a month", month, action=action)


def main() -> int:
    """Exit code 1 where a cell failed or ran without a cause."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--listeners", type=int, default=10_000)
    parser.add_argument("--listens", type=int, default=50_000_000)
    parser.add_argument("--months", type=int, default=24)
    parser.add_argument("--buckets", type=int, default=16)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--work", type=Path, default=WORK, help="needs some 3 GB for 50 million listens; removed at the end")
    parser.add_argument("--dry", action="store_true", help="leave the README alone")
    given = parser.parse_args()
    given.work.mkdir(parents=True, exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix="large-", dir=given.work))
    try:
        records = _measured(folder, given)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    text = _table(records, given)
    print(text)
    if not given.dry:
        write_between("large", text)
    return int(any(record["failed"] or record["without_cause_count"] for record in records))


def _measured(folder: Path, given: argparse.Namespace) -> list[dict[str, Any]]:
    copy = PackageCopy(folder / "package")
    population = Population(folder, given.listeners, given.listens, given.months, given.buckets, given.seed, FIRST_MONTH)
    bench = Bench(copy, population, random.Random(given.seed))
    job = {"root": str(population.root), "rebuild": False}
    records = [{"kind": "full build", **work(copy.folder, job, given.threads)}]
    for make in (_nothing, _prose, *(_insight(name) for name in INSIGHTS), _late):
        edit = make(bench)
        asked = {**job, "code": sorted(edit.code), "action": edit.action}
        records.append({"kind": edit.kind, **work(copy.folder, asked, given.threads)})
        print(f"{records[-1]['kind']}: {records[-1]['seconds']:.2f} s of {records[0]['seconds']:.1f} s", file=sys.stderr)
    return records


def _table(records: list[dict[str, Any]], given: argparse.Namespace) -> str:
    full = records[0]
    size = f"{given.listens:,} listens of {given.listeners:,} listeners, {given.months} months, {given.buckets} buckets"
    lines = [
        f"{size}, {full['cells']:,} cells, {given.threads} thread(s); full build {full['seconds']:,.1f} s ({full['cpu']:,.1f} s of CPU).",
        "",
        "| Edit | Cells recomputed | Cut off | Seconds | ÷ full build | CPU seconds | ÷ full build |",
        "|---|---|---|---|---|---|---|",
    ]
    return "\n".join([*lines, *(_row(record, full) for record in records)])


def _row(record: dict[str, Any], full: dict[str, Any]) -> str:
    return (
        f"| {record['kind']} | {record['recomputed']:,} | {record['cut_off']:,} | {record['seconds']:,.2f} | "
        f"{record['seconds'] / full['seconds']:.2%} | {record['cpu']:,.2f} | {record['cpu'] / full['cpu']:.2%} |"
    )


if __name__ == "__main__":
    raise SystemExit(main())

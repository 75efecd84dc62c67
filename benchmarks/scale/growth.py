"""What a service of any size costs, from a synthetic log to the last cell: `python -m benchmarks.scale.growth --listens 75000000`.

Each step is a `wrapped` command of its own, with two years of listens. The registry is a file, or the server that WRAPPED_REGISTRY_URL
names, which must be empty.
"""

from __future__ import annotations

import argparse
import os
import shutil
import sys
from pathlib import Path

from benchmarks.measure import HEADER, Cost, cost_of

WORK = Path(__file__).parents[1] / "work" / "growth"
FOLDERS = ("landing", "lake/listens", "lake/catalogue", "lake/aggregates", "lake/insights", "lake/population", "lake/playlists", "lake")
LISTENS_A_LISTENER = 5_000  # in two years


def main() -> None:
    """Prints a row after each step, and the bytes that each part of the root takes."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--listens", type=int, default=4_687_500)
    parser.add_argument("--buckets", type=int, default=2)
    parser.add_argument("--workers", type=int, default=2)
    asked = parser.parse_args()
    os.environ.setdefault("POLARS_MAX_THREADS", "1")
    listeners = max(1, asked.listens // LISTENS_A_LISTENER)
    shutil.rmtree(WORK, ignore_errors=True)
    source, root = WORK / "source", WORK / "root"
    data = ("--data", root)
    build = ("build", *data, "--workers", asked.workers)
    steps: tuple[tuple[str, tuple[object, ...]], ...] = (
        ("synthesis", ("synth", "--listeners", listeners, "--listens", asked.listens, "--years", 2024, "--years", 2025, "--out", source)),
        ("import of the event log", ("import", source, *data, "--buckets", asked.buckets)),
        ("import of the catalogue", ("catalogue", "import", source / "catalogue", *data)),
        ("import of consents", ("consent", "import", source / "consents.parquet", *data)),
        ("catalogue and listens", (*build, "--select", "catalogue/*,listens/*")),
        ("everything else", build),
        ("nothing to do", build),
        ("one insight again (`top_artists`)", (*build, "--select", "insights/top_artists", "--full")),
    )
    size = f"{asked.listens:,} listens of {listeners:,} listeners, {asked.buckets} buckets, {asked.workers} workers."
    print(f"{size}\n\n{HEADER}", flush=True)
    for what, arguments in steps:
        print(wrapped(*arguments).row(what, asked.listens), flush=True)
        if what == "import of the event log":
            shutil.rmtree(source / "events")  # the disk is needed
    print("\n| Part | bytes a listen | files |\n|---|---:|---:|")
    for part in FOLDERS:
        sizes = [path.stat().st_size for path in (root / part).rglob("*") if path.is_file()]
        print(f"| {part} | {sum(sizes) / asked.listens:.1f} | {len(sizes):,} |")


def wrapped(*arguments: object) -> Cost:
    """The cost of a command and of the processes that it starts; the peak is that of the largest of them."""
    return cost_of([sys.executable, "-c", "from wrapped_assets.cli import main; main()", *map(str, arguments)], None)


if __name__ == "__main__":
    main()

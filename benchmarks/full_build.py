"""The full build against hand-written DuckDB SQL, in one run: `python -m benchmarks.full_build --listens 10000000`."""

from __future__ import annotations

import argparse
import platform
import shutil
from importlib.metadata import version
from pathlib import Path

from benchmarks.agreement import compared
from benchmarks.duckdb_twin import INSIGHTS
from benchmarks.measure import HEADER, Cost, measured
from benchmarks.steps import COMPARED

WORK = Path(__file__).parent / "work"
STEPS = "benchmarks.steps"


def main() -> None:
    """Prints a row of the table after each step, and at the end, whether the results of both engines are equal row for row."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--listens", type=int, default=10_000_000)
    parser.add_argument("--listeners", type=int, default=2_000)
    parser.add_argument("--buckets", type=int, default=4)
    given = parser.parse_args()
    work = WORK / "full_build"
    shutil.rmtree(work, ignore_errors=True)
    source, root, sql, plain = (work / name for name in ("population", "root", "duckdb", "polars"))

    def step(what: str, *arguments: object) -> Cost:
        cost = measured(STEPS, *arguments)
        print(cost.row(what, given.listens), flush=True)
        return cost

    print(f"Python {platform.python_version()}, Polars {version('polars')}, DuckDB {version('duckdb')}.")
    print(f"{given.listens:,} listens of {given.listeners:,} listeners in two years, {given.buckets} buckets.\n\n{HEADER}")
    step("Synthesis", "synth", given.listeners, given.listens, source)
    step("Import of the event log", "land", source, root, given.buckets)
    step("Import of the catalogue and of consents", "inform", source, root)
    step("Landed plays → catalogue and listens", "build", root, "catalogue/,listens/")
    every = f"{len(COMPARED)} insights"
    ours = step(f"**Listens and catalogue → aggregates and {every}**", "build", root, ",".join(("aggregates/", *COMPARED)))
    step("Everything else (playlists, further insights, groups)", "build", root, "")
    step("Nothing to do", "build", root, "")
    one = step("One insight (top_artists) again from stored aggregates", "build", root, "insights/top_artists", "full")
    streamed = step("The same by plain Polars from listens", "polars_top_artists", root, plain)
    measured(STEPS, "profiles", root, sql)
    raw = step("The same by DuckDB from listens", "duckdb", root, sql, "top_artists")
    theirs = step(f"**DuckDB: the same {every}**, shared temporary tables", "duckdb", root, sql)
    rows = compared(root, sql, tuple(INSIGHTS))
    print(f"\n{sum(rows.values()):,} rows of {len(rows)} insights are equal.")
    print(f"DuckDB's processor time over ours, all insights: {theirs.cpu / ours.cpu:.2f}.")
    print(f"One insight again: DuckDB's over ours {raw.cpu / one.cpu:.1f}, plain Polars' over ours {streamed.cpu / one.cpu:.1f}.")


if __name__ == "__main__":
    main()

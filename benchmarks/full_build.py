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
    """Prints the table; the results of both engines were compared row for row before it is printed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--listens", type=int, default=10_000_000)
    parser.add_argument("--listeners", type=int, default=2_000)
    parser.add_argument("--buckets", type=int, default=4)
    given = parser.parse_args()
    work = WORK / "full_build"
    shutil.rmtree(work, ignore_errors=True)
    source, root, sql, plain = (work / name for name in ("population", "root", "duckdb", "polars"))
    measured(STEPS, "synth", given.listeners, given.listens, source)
    costs: dict[str, Cost] = {}
    costs["Import of the event log"] = measured(STEPS, "land", source, root, given.buckets)
    costs["Import of the catalogue and of consents"] = measured(STEPS, "inform", source, root)
    costs["Landed plays → catalogue and listens"] = measured(STEPS, "build", root, "catalogue/,listens/")
    ours = measured(STEPS, "build", root, ",".join(("aggregates/", *COMPARED)))
    costs[f"**Listens and catalogue → aggregates and {len(COMPARED)} insights**"] = ours
    costs["Everything else (playlists, further insights, groups)"] = measured(STEPS, "build", root, "")
    costs["Nothing to do"] = measured(STEPS, "build", root, "")
    measured(STEPS, "profiles", root, sql)
    costs[f"**DuckDB: the same {len(COMPARED)} insights**, shared temporary tables"] = theirs = measured(STEPS, "duckdb", root, sql)
    rows = compared(root, sql, tuple(INSIGHTS))
    costs["One insight (top_artists) again from stored aggregates"] = one = measured(STEPS, "build", root, "insights/top_artists", "full")
    costs["The same by DuckDB from listens"] = raw = measured(STEPS, "duckdb", root, sql, "top_artists")
    costs["The same by plain Polars from listens"] = streamed = measured(STEPS, "polars_top_artists", root, plain)
    print(f"Python {platform.python_version()}, Polars {version('polars')}, DuckDB {version('duckdb')}.")
    print(f"{given.listens:,} listens of {given.listeners:,} listeners in two years, {given.buckets} buckets;")
    print(f"{sum(rows.values()):,} rows of {len(rows)} insights are equal.\n")
    print(HEADER)
    for what, cost in costs.items():
        print(cost.row(what, given.listens))
    print(f"\nDuckDB's processor time over ours, all insights: {theirs.cpu / ours.cpu:.2f}.")
    print(f"One insight again: DuckDB's over ours {raw.cpu / one.cpu:.1f}, plain Polars' over ours {streamed.cpu / one.cpu:.1f}.")


if __name__ == "__main__":
    main()

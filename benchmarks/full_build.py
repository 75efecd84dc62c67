"""The full build against hand-written DuckDB SQL, in one run: `python -m benchmarks.full_build --listens 10000000 [--against COMMIT]`.

With `--against` the steps of an older commit run in turn with this tree's, with the same interpreter and libraries, each from its own
population of the same size (consents have other purposes).
"""

from __future__ import annotations

import argparse
import platform
import shutil
from contextlib import ExitStack
from importlib.metadata import version
from pathlib import Path

from benchmarks.agreement import compared, keys_of
from benchmarks.duckdb_twin import INSIGHTS
from benchmarks.measure import HEADER, Cost, measured, worktree

WORK = Path(__file__).parent / "work"
STEPS = "benchmarks.steps"
COMPARED = tuple(keys_of(INSIGHTS))
EVERY = f"{len(COMPARED)} insights"
# What is measured, in order: a step's name, its function in `steps`, and its arguments after the data root.
OURS = (
    ("Import of the event log", "land", ()),
    ("Import of the catalogue and of consents", "inform", ()),
    ("Landed plays → catalogue and listens", "build", ("catalogue/,listens/",)),
    (f"**Listens and catalogue → aggregates and {EVERY}**", "build", (",".join(("aggregates/", *COMPARED)),)),
    ("Everything else (playlists, further insights, groups)", "build", ("",)),
    ("Nothing to do", "build", ("",)),
    ("One insight (top_artists) again from stored aggregates", "build", ("insights/top_artists", "full")),
)


def main() -> None:
    """Prints a row of the table after each step, and at the end, whether the results of both engines are equal row for row."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--listens", type=int, default=10_000_000)
    parser.add_argument("--listeners", type=int, default=2_000)
    parser.add_argument("--buckets", type=int, default=4)
    parser.add_argument("--against", metavar="COMMIT", help="measure this commit's steps as well")
    given = parser.parse_args()
    work = WORK / "full_build"
    shutil.rmtree(work, ignore_errors=True)
    root, sql, plain = (work / name for name in ("root", "duckdb", "polars"))

    def step(what: str, *arguments: object, tree: Path | None = None) -> Cost:
        cost = measured(STEPS, *arguments, tree=tree)
        print(cost.row(what, given.listens), flush=True)
        return cost

    print(f"Python {platform.python_version()}, Polars {version('polars')}, DuckDB {version('duckdb')}.")
    print(f"{given.listens:,} listens of {given.listeners:,} listeners in two years, {given.buckets} buckets.\n\n{HEADER}")
    with ExitStack() as stack:
        old = stack.enter_context(worktree(given.against)) if given.against else None
        trees = {"now": (None, root)} | ({"then": (old, work / "root-then")} if old else {})
        found: dict[str, dict[str, Cost]] = {}
        for tree, place in trees.values():
            step("Synthesis", "synth", given.listeners, given.listens, f"{place}-population", tree=tree)
        for what, function, rest in OURS:
            found[what] = {}
            for name, (tree, place) in trees.items():
                source = f"{place}-population"
                arguments = {"land": (source, place, given.buckets), "inform": (source, place)}.get(function, (place, *rest))
                found[what][name] = step(f"{what}, at {given.against[:7]}" if old and tree else what, function, *arguments, tree=tree)
    streamed = step("The same insight by plain Polars from listens", "polars_top_artists", root, plain)
    measured(STEPS, "profiles", root, sql)
    raw = step("The same by DuckDB from listens", "duckdb", root, sql, "top_artists")
    theirs = step(f"**DuckDB: the same {EVERY}**, shared temporary tables", "duckdb", root, sql)
    rows = compared(root, sql, tuple(INSIGHTS))
    ours, one = found[OURS[3][0]]["now"], found[OURS[6][0]]["now"]
    print(f"\n{sum(rows.values()):,} rows of {len(rows)} insights are equal.")
    print(f"DuckDB's processor time over ours, all insights: {theirs.cpu / ours.cpu:.2f}.")
    print(f"One insight again: DuckDB's over ours {raw.cpu / one.cpu:.1f}, plain Polars' over ours {streamed.cpu / one.cpu:.1f}.")
    if given.against:
        print_ratios(found, given.against, given.listens)


def print_ratios(found: dict[str, dict[str, Cost]], commit: str, listens: int) -> None:
    """Prints each step's microseconds a listen at the commit and now, and how many times less it is; and the sum from nothing."""
    print(f"\n| Step, processor µs a listen | {commit[:7]} | now | times less |\n|---|---:|---:|---:|")
    all_of = [(what, costs["then"].cpu, costs["now"].cpu) for what, costs in found.items()]
    whole = ("Everything, from import to the last cell", *(sum(row[number] for row in all_of[:5]) for number in (1, 2)))
    for what, then, now in [*all_of, whole]:
        print(f"| {what} | {then / listens * 1e6:.2f} | {now / listens * 1e6:.2f} | {then / now:.1f} |")


if __name__ == "__main__":
    main()

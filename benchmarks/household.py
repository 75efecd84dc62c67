"""The bundled household imported and built from nothing: `python -m benchmarks.household [--against COMMIT] [--rounds N]`.

Alone it prints a table by number of buckets. With `--against` it checks an older commit out into a temporary worktree, runs the same
steps of both trees in turn with the same interpreter and libraries, and prints the least processor time of each and their ratio.
"""

from __future__ import annotations

import argparse
import os
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import orjson

from benchmarks.measure import HERE, Cost, cost_of, measured, worktree

WORK = HERE / "benchmarks" / "work" / "household"
HOUSEHOLD = HERE / "data" / "household"
SHOWN = ("show", "insights/top_artists", "--year", "2025")


def by_buckets() -> None:
    """Prints processor and wall seconds of the import, of the full build and of one that finds nothing to do."""
    print("| Buckets | cells | import CPU s | build CPU s | build wall s | ms CPU a cell | nothing to do, CPU s |")
    print("|---:|---:|---:|---:|---:|---:|---:|")
    for buckets in (1, 2, 4):
        root = WORK / str(buckets)
        shutil.rmtree(root, ignore_errors=True)
        landed = measured("benchmarks.household", "land", root, buckets)
        full, idle = (measured("benchmarks.steps", "build", root, "") for _ in range(2))
        cells = len(list((root / "lake").glob("*/*/*/*.parquet")))
        seconds = [f"{value:.1f}" for value in (landed.cpu, full.cpu, full.wall, full.cpu / cells * 1000, idle.cpu)]
        print("| " + " | ".join([str(buckets), str(cells), *seconds]) + " |")


def against(commit: str, rounds: int) -> None:
    """Prints each step's least processor seconds of `rounds`, of the older commit and of this tree, and the ratio."""
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)  # an installation compiles modules once: the first round does so here
    with worktree(commit) as old, tempfile.TemporaryDirectory() as folder:
        os.environ["XDG_CACHE_HOME"] = str(Path(folder) / "cache")  # nobody else's commands push its files out
        trees = {"old": old, "new": HERE}
        found: dict[str, dict[str, list[Cost]]] = {}
        cells: dict[str, int] = {}
        for number in range(rounds + 1):  # the first fills the caches of both, and does not count
            for name, tree in trees.items():
                root = Path(folder) / f"{name}-{number}"
                for step, run in steps(tree, root):
                    cost = run()
                    if number:
                        found.setdefault(step, {}).setdefault(name, []).append(cost)
                cells[name] = len(list((root / "lake").glob("*/*/*/*.parquet")))
    print(f"| Step, least CPU s of {rounds} | {commit[:7]} | this tree | ratio |\n|---|---:|---:|---:|")
    for step, costs in found.items():
        before, now = (min(cost.cpu for cost in costs[name]) for name in trees)
        print(f"| {step} | {before:.2f} | {now:.2f} | {now / before:.2f} |")
    before, now = (_cell(found, name, cells[name]) for name in trees)
    print(f"| a cell, ms ({cells['old']} cells, {cells['new']}) | {before:.2f} | {now:.2f} | {now / before:.2f} |")


def _cell(found: dict[str, dict[str, list[Cost]]], name: str, cells: int) -> float:
    """Milliseconds of processor time a cell: what a full build takes more than one that finds nothing to do."""
    full, idle = (min(cost.cpu for cost in found[step][name]) for step in ("build from nothing", "build, nothing to do"))
    return (full - idle) / cells * 1000


def steps(tree: Path, root: Path) -> Iterator[tuple[str, Callable[[], Cost]]]:
    """What is measured, in order: each step's name, and what carries it out with the code of a tree."""

    def module(name: str, *arguments: str) -> Cost:
        return cost_of([sys.executable, "-m", name, *arguments], tree)

    def wrapped(*arguments: str, data: Path = root) -> Cost:
        return cost_of([sys.executable, "-c", "from wrapped_assets.cli import main; main()", "--data", str(data), *arguments], tree)

    yield "import", lambda: module("benchmarks.household", "land", str(root), "1")
    yield "build from nothing", lambda: wrapped("build")
    yield "build, nothing to do", lambda: wrapped("build")
    yield "`wrapped plan`", lambda: wrapped("plan")
    yield "`wrapped status`", lambda: wrapped("status")
    yield f"`wrapped {' '.join(SHOWN)}`", lambda: wrapped(*SHOWN)
    yield "`wrapped --help`", lambda: wrapped("--help")
    yield "`wrapped demo`", lambda: wrapped("demo", data=root.with_name(f"{root.name}-demo"))


def land(root: str, buckets: str) -> None:
    """Imports every person's exports."""
    from wrapped_assets.building.importing import Person, import_paths
    from wrapped_assets.storage.root import Root

    opened = Root.open_or_make(Path(root), int(buckets))
    for found in orjson.loads((HOUSEHOLD / "household.json").read_bytes())["listeners"]:
        person = Person(found["name"], found["time_zone"], found["country"], found["birth_year"])
        import_paths(opened, [HOUSEHOLD / file for file in found["files"]], person)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--against", metavar="COMMIT", help="compare with this commit")
    parser.add_argument("--rounds", type=int, default=3, help="how often each step is measured (3)")
    chosen = parser.parse_args()
    if chosen.against:
        against(chosen.against, chosen.rounds)
    else:
        by_buckets()


if __name__ == "__main__":
    land(*sys.argv[2:]) if sys.argv[1:2] == ["land"] else main()

"""An erasure in a service: `python -m benchmarks.erasure --listeners 4000 --listens 800000 --buckets 16`.

The world has consents, similar listeners and two publications of its newest year. One listener who is in others' lists of like-minded
people is erased; that includes the search of every file.
"""

from __future__ import annotations

import argparse
import shutil
import sys
from pathlib import Path

import polars as pl

from benchmarks.measure import Cost, cost_of, measured

WORK = Path(__file__).parent / "work" / "erasure"
STEPS = "benchmarks.steps"


def main() -> None:
    """Prints what each step costs, and how many files the erasure had to look at."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--listeners", type=int, default=4_000)
    parser.add_argument("--listens", type=int, default=800_000)
    parser.add_argument("--buckets", type=int, default=16)
    given = parser.parse_args()
    shutil.rmtree(WORK, ignore_errors=True)
    source, root = WORK / "population", WORK / "root"
    measured(STEPS, "synth", given.listeners, given.listens, source)
    measured(STEPS, "land", source, root, given.buckets)
    measured(STEPS, "inform", source, root)
    built = measured(STEPS, "build", root, "")
    year = 2025
    for _ in range(2):
        _wrapped(root, "publish", str(year))
    files = [path for path in root.rglob("*") if path.is_file()]
    size = sum(path.stat().st_size for path in files)
    erased = _wrapped(root, "erase", _name_of_one_who_is_found(root), "--yes")
    print(f"{given.listens:,} listens of {given.listeners:,} listeners, {given.buckets} buckets, {year} published twice.")
    print(f"{len(files):,} files, {size / 2**20:,.0f} MiB.\n\n| Step | CPU s | wall s | peak MiB |\n|---|---:|---:|---:|")
    for what, cost in (("full build", built), ("erasure of one listener, search included", erased)):
        print(f"| {what} | {cost.cpu:.1f} | {cost.wall:.1f} | {cost.peak / 2**20:,.0f} |")


def _wrapped(root: Path, *arguments: str) -> Cost:
    return cost_of([sys.executable, "-c", "from wrapped_assets.cli import main; main()", "--data", str(root), *arguments])


def _name_of_one_who_is_found(root: Path) -> str:
    """The listener who stands in most lists of like-minded people."""
    from wrapped_assets.storage.registry import all_listeners
    from wrapped_assets.storage.root import Root

    lists = pl.scan_parquet(root / "lake/insights/similar_listeners/*/*.parquet").group_by("similar_listener_id").len()
    found = lists.sort("len", "similar_listener_id", descending=[True, False]).head(1).collect()["similar_listener_id"].item()
    return next(each.name for each in all_listeners(Root.open(root)) if each.listener_id == found)


if __name__ == "__main__":
    main()

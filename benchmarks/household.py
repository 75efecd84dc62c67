"""The bundled household imported and built from nothing, by number of buckets: `python -m benchmarks.household`."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

import orjson

from benchmarks.measure import measured

WORK = Path(__file__).parent / "work" / "household"
HOUSEHOLD = Path(__file__).parents[1] / "data" / "household"


def main() -> None:
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


def land(root: str, buckets: str) -> None:
    """Imports every person's exports."""
    from wrapped_assets.building.importing import Person, import_paths
    from wrapped_assets.storage.root import Root

    opened = Root.open_or_make(Path(root), int(buckets))
    for found in orjson.loads((HOUSEHOLD / "household.json").read_bytes())["listeners"]:
        person = Person(found["name"], found["time_zone"], found["country"], found["birth_year"])
        import_paths(opened, [HOUSEHOLD / file for file in found["files"]], person)


if __name__ == "__main__":
    land(*sys.argv[2:]) if sys.argv[1:2] == ["land"] else main()

"""Peak memory of each stage over all listeners, against the number of listeners: `python -m benchmarks.scale.population`.

The tables that the stages read are made up, of a catalogue that does not grow. Each stage is a process of its own, which reads scans as a
build does, and tells its own peak (VmHWM) once it has written its rows.
"""

from __future__ import annotations

import argparse
import json
import math
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import polars as pl

from wrapped_assets.building.inputs import ROWS_IN_MEMORY
from wrapped_assets.building.ranges import ROWS_PER_RANGE, result_by_ranges
from wrapped_assets.contracts.graph import EXTERNALS, Graph, whole_graph
from wrapped_assets.vocabulary import columns as c
from wrapped_assets.vocabulary.rules import rules_for

WORK = Path(__file__).parents[1] / "work" / "population"
YEAR, BUCKETS, IDS = 2025, 16, (1 << 63) - 1
RECORDINGS, ARTISTS, RELEASE_GROUPS = 50_000, 10_000, 20_000
AGREED = 0.05  # of all listeners
ROWS = {  # of a listener, in the tables that a bucket's stages make
    "recording_years": 40, "recording_history": 60, "recording_days": 30, "artist_audiences": 20, "artist_months": 30, "artist_hours": 20,
    "listener_hours": 24, "release_group_months": 20, "release_years": 8, "top_artists": 5, "top_recordings": 10, "outcomes": 12,
    "personality_axes": 3, "loyalty": 3, "listening_clock": 24,
}  # fmt: skip
FEW = {"unwanted_music": 0.02}


def main() -> None:
    """Prints one row a stage: MiB above an empty stage, for each number of listeners."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--listeners", type=int, nargs="+", default=[10_000, 40_000, 160_000])
    parser.add_argument("--only", nargs="*", default=[])
    parser.add_argument("--stage", help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.stage:
        run_stage(asked.stage, WORK / str(asked.listeners[0]))
        return
    peaks: dict[str, list[str]] = {}
    for listeners in asked.listeners:
        folder = made_up(listeners)
        for key in stages(whole_graph()):
            if not asked.only or key in asked.only or not (folder / f"{name_of(key)}.parquet").exists():
                told = subprocess.run(
                    [sys.executable, "-m", "benchmarks.scale.population", "--stage", key, "--listeners", str(listeners)],
                    check=True, capture_output=True, text=True,
                )  # fmt: skip
                peaks.setdefault(key, []).append(told.stdout.strip())
    print(f"| Stage | {' | '.join(f'{count:,}' for count in asked.listeners)} | rows at the last |")
    print("|---|" + "---:|" * (len(asked.listeners) + 1))
    for key, each in peaks.items():
        found = [json.loads(one) for one in each]
        print(f"| {key} | {' | '.join(str(one['mib']) for one in found)} | {found[-1]['rows']:,} |")


def stages(graph: Graph) -> list[str]:
    """The assets over all listeners, in the order in which they are computed."""
    order = sorted(graph.by_key, key=lambda key: graph.stages.get(key, 0))
    return [key for key in order if graph.by_key[key].kind == "year"]


def name_of(key: str) -> str:
    return key.rpartition("/")[2]


def run_stage(key: str, folder: Path) -> None:
    """Computes one stage from the tables in a folder, writes its rows beside them, and prints its peak and their number."""
    graph = whole_graph()
    declaration, inputs, ranged = graph.by_key[key], dict[str, pl.DataFrame | pl.LazyFrame](), 0
    for source, read in graph.inputs(declaration):
        place = folder / name_of(source)
        paths = sorted(place.glob("*.parquet")) if place.is_dir() else [place.with_suffix(".parquet")]
        if read.window not in ("period",) or not paths[0].exists():  # of the year before there is nothing
            inputs[read.asset] = pl.DataFrame(schema={name: c.BY_NAME[name].dtype for name in read.columns})
            continue
        rows = pl.scan_parquet(paths).select(pl.len()).collect().item()
        ranged += rows if declaration.by in read.columns and source not in EXTERNALS.values() else 0
        scans = pl.concat([pl.scan_parquet(path).select(read.columns) for path in paths])
        is_scan = source not in EXTERNALS.values() and rows > ROWS_IN_MEMORY
        inputs[read.asset] = scans if is_scan else scans.collect()
    before = _kib("VmRSS")
    ranges = max(1, math.ceil(ranged / ROWS_PER_RANGE))
    frame = result_by_ranges(declaration, inputs, rules_for("default", YEAR), str(YEAR), ranges)
    frame.write_parquet(folder / f"{name_of(key)}.parquet")
    print(json.dumps({"mib": (_kib("VmHWM") - before) >> 10, "rows": frame.height}))


def _kib(what: str) -> int:
    return next(int(line.split()[1]) for line in Path("/proc/self/status").read_text().splitlines() if line.startswith(f"{what}:"))


def made_up(listeners: int) -> Path:
    """A folder with every table that a stage reads and no stage makes, as files of buckets."""
    folder = WORK / str(listeners)
    if (folder / "made").exists():
        return folder
    shutil.rmtree(folder, ignore_errors=True)
    graph, wanted = whole_graph(), dict[str, set[str]]()
    for key in stages(graph):
        for source, read in graph.inputs(graph.by_key[key]):
            if source not in graph.by_key or graph.by_key[source].kind != "year":
                wanted.setdefault(source, set()).update(read.columns)
    generator = np.random.default_rng(listeners)
    people = np.sort(generator.integers(0, IDS, listeners))
    for source, columns in sorted(wanted.items()):
        name = name_of(source)
        (folder / name).mkdir(parents=True)
        for bucket in range(1 if source in EXTERNALS.values() else BUCKETS):
            mine = people if source in EXTERNALS.values() else people[people % BUCKETS == bucket]
            count = max(1, round(len(mine) * FEW.get(name, 0))) if name in FEW else len(mine) * ROWS.get(name, 1)
            if name == "groups":
                mine, count = people[: len(people) // 25], len(people) // 25
            whose = np.tile(mine, -(-count // len(mine)))[:count]
            table = {column: _column(column, count, whose, generator) for column in sorted(columns)}
            if "recording_id" in table and "artist_id" in table:
                table["artist_id"] = _hashed(table["recording_id"] % ARTISTS)
            frame = pl.DataFrame({column: pl.Series(values, dtype=c.BY_NAME[column].dtype) for column, values in table.items()})
            declared = graph.by_key.get(source)
            key = [column for column in (declared.grain if declared else frame.columns) if column in frame.columns]
            rows = frame.unique(key, keep="first", maintain_order=True).sort(key)
            rows.write_parquet(folder / name / f"b{bucket:03d}.parquet", statistics=False)
    (folder / "made").touch()
    return folder


def _hashed(numbers: np.ndarray) -> np.ndarray:
    """Ids as even over their range as hashes are, so that ranges of them have as many rows."""
    return ((numbers.astype(np.uint64) + 1) * np.uint64(0x9E3779B97F4A7C15) >> np.uint64(1)).astype(np.int64)


def _column(name: str, count: int, whose: np.ndarray, generator: np.random.Generator) -> object:
    """So many values of a column; ids of music are few and some are much liked."""
    if name == "listener_id":
        return whose
    if name == "group_id":
        return whose // (IDS // 997)
    ids = {"recording_id": RECORDINGS, "artist_id": ARTISTS, "release_group_id": RELEASE_GROUPS, "target_id": RECORDINGS}
    if name in ids:
        return _hashed((ids[name] * generator.random(count) ** 2).astype(np.int64))
    dtype = c.BY_NAME[name].dtype
    if name.startswith("is_"):
        return generator.random(count) < AGREED
    if dtype == pl.String:
        values = [None, "PT", "NO", "JP", "BR"] if name == "country" else ["mainstream", "variety", "2025-01", "2025-07"]
        return np.array(values, dtype=object)[generator.integers(0, len(values), count)].tolist()
    if dtype == pl.Date:
        return (np.datetime64(f"{YEAR}-01-01") + generator.integers(0, 365, count)).astype("datetime64[D]")
    if isinstance(dtype, pl.Datetime):
        return pl.Series(generator.integers(0, 31_536_000_000, count) + 1_735_689_600_000).cast(dtype)
    ranges = {"local_hour": (0, 24), "local_weekday": (1, 8), "birth_year": (1950, 2010), "release_year": (1960, 2026)}
    least, most = ranges.get(name, (1, 90))
    numbers = generator.integers(least, most, count)
    return numbers / 100 if dtype.is_float() else numbers * (60_000 if name == "ms_played" else 1)


if __name__ == "__main__":
    main()

"""The memory of a figure over all listeners follows from a range and not from the rows that it reads."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import polars as pl
import pytest

ROWS_PER_FILE, RELEASE_GROUPS, MIB = 500_000, 50_000, 1 << 20
COMPUTES = """
import math, sys
from pathlib import Path
import polars as pl
from wrapped_assets.building.ranges import result_by_ranges
from wrapped_assets.contracts.graph import whole_graph
from wrapped_assets.vocabulary.rules import rules_for

def bytes_of(name):
    return next(int(line.split()[1]) * 1024 for line in Path("/proc/self/status").read_text().splitlines() if line.startswith(name))

asset = whole_graph().by_key["population/release_group_countries"]
scans = [pl.scan_parquet(path) for path in sorted(Path(sys.argv[1]).glob("*.parquet"))]
nobody = pl.DataFrame(schema={"listener_id": pl.Int64, "country": pl.String})
inputs = {"release_group_months": pl.concat(scans), "profiles": nobody}
before = bytes_of("VmRSS:")
found = result_by_ranges(asset, inputs, rules_for("default", 2025), "2025", int(sys.argv[2]), folder=Path(sys.argv[1]))
print(found["listener_count"].sum(), bytes_of("VmHWM:") - before)
"""


def computed(folder: Path, ranges: int) -> tuple[int, int]:
    """The listeners of all release groups together, and the bytes that computing them takes at most, in a process of its own."""
    command = [sys.executable, "-c", COMPUTES, str(folder), str(ranges)]
    listeners, peak = subprocess.run(command, check=True, capture_output=True, text=True).stdout.split()
    return int(listeners), int(peak)


@pytest.mark.slow
@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="memory is read from /proc")
def test_four_times_the_rows_take_the_same_memory(tmp_path: Path) -> None:
    peaks, chance = {}, np.random.default_rng(1)
    for number in range(24):
        who, what = chance.integers(0, (1 << 63) - 1, ROWS_PER_FILE), chance.integers(0, RELEASE_GROUPS, ROWS_PER_FILE)
        heard = {"listener_id": who, "release_group_id": what * ((1 << 63) // RELEASE_GROUPS), "listen_count": np.ones_like(who)}
        pl.DataFrame(heard).write_parquet(tmp_path / f"{number:02}.parquet")
        if number in (5, 23):
            rows = ROWS_PER_FILE * (number + 1)
            listeners, peaks[number] = computed(tmp_path, rows // 750_000)
            assert listeners == rows  # nearly no pair is there twice, and nobody has a country
    assert peaks[23] < 400 * MIB, peaks

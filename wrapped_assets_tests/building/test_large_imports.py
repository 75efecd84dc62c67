"""Inputs of unusual shape are imported within the memory of a small machine: one listener with everything, and next to nothing."""

from __future__ import annotations

import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import polars as pl
import pytest

IMPORT = """
import sys
from pathlib import Path
from wrapped_assets.building.importing import import_paths
from wrapped_assets.storage.root import Root
report = import_paths(Root.open_or_make(Path(sys.argv[1]), 1), [Path(sys.argv[2])], None)
status = dict(line.split(":", 1) for line in Path("/proc/self/status").read_text().splitlines())
print(report.accepted, report.duplicate, int(status["VmHWM"].split()[0]) * 1024)
"""
# The peak is read from /proc because that of getrusage begins with the memory of the process that started this one.
YEAR_MS = 365 * 86_400_000


def write_log(folder: Path, plays: int, recordings: int) -> None:
    """A log of one listener, evenly over a year, with as many artists as recordings."""
    start = int(datetime(2025, 1, 1, tzinfo=UTC).timestamp() * 1000)
    at = start + np.arange(plays) * (YEAR_MS // plays)
    frame = pl.DataFrame({"listener": "ana", "listened_at": at, "recording": np.arange(plays) % recordings, "ms_played": 1_000})
    folder.mkdir()
    frame.write_parquet(folder / "a.parquet")
    key = pl.Series(np.arange(recordings))
    named = pl.DataFrame({"recording": key}).select(
        "recording", recording_name=pl.format("Song {}", "recording"), artist_name=pl.format("Artist {}", "recording")
    )
    named.write_parquet(folder / "recordings.parquet")


def imported(folder: Path) -> tuple[int, int, int]:
    """Accepted and duplicate plays, and the peak memory in bytes, of an import in a process of its own."""
    command = [sys.executable, "-c", IMPORT, str(folder / "root"), str(folder / "log")]
    accepted, duplicate, peak = subprocess.run(command, check=True, capture_output=True, text=True).stdout.split()[-3:]
    return int(accepted), int(duplicate), int(peak)


def test_a_log_with_one_play_in_a_month_lands_it(tmp_path: Path) -> None:
    write_log(tmp_path / "log", 4, 1)
    assert imported(tmp_path)[:2] == (4, 0)
    months = sorted(folder.name for folder in (tmp_path / "root" / "landing" / "plays").iterdir())
    assert months == ["2025-01", "2025-04", "2025-07", "2025-10"]


@pytest.mark.slow
def test_five_million_plays_and_300_000_artists_of_one_listener_need_less_than_a_gibibyte(tmp_path: Path) -> None:
    write_log(tmp_path / "log", 5_000_000, 300_000)
    accepted, duplicate, peak = imported(tmp_path)
    assert (accepted, duplicate) == (5_000_000, 0)
    assert peak < 2**30

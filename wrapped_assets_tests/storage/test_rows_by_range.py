"""Rows come back by range, as they came; the disk keeps nothing of them, however the process ends, and says clearly when it is full."""

from __future__ import annotations

import os
import resource
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from wrapped_assets.contracts.errors import WriteError
from wrapped_assets.kernels.ranges import IDS_END, Ranges
from wrapped_assets.storage.rows_by_range import RowsByRange, spill_folder

SCHEMA = pl.Schema({"artist_id": pl.Int64(), "month": pl.String(), "is_top_artist": pl.Boolean(), "local_date": pl.Date()})
ids = st.none() | st.integers(-3, IDS_END - 1) | st.sampled_from([0, IDS_END - 1, IDS_END // 3, IDS_END // 3 - 1])
rows = st.lists(st.tuples(ids, st.sampled_from([None, "2025-01", "ø"]), st.none() | st.booleans(), st.none() | st.dates()), max_size=40)


@given(st.lists(rows, max_size=4), st.integers(1, 9), st.integers(1, 5), st.integers(1, 2_000))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_each_range_has_its_rows_in_the_order_in_which_they_came(
    tmp_path: Path, given_rows: list[list[tuple[object, ...]]], count: int, shares: int, together: int
) -> None:
    frames = [pl.DataFrame(part, schema=SCHEMA, orient="row") for part in given_rows]
    whole = pl.concat([pl.DataFrame(schema=SCHEMA), *frames])
    told = []
    for number in range(min(shares, count)):
        own = Ranges.of_share(number, min(shares, count), count)
        kept = RowsByRange(tmp_path, SCHEMA, own.end - own.first, together)
        for frame in frames:
            mine = frame.filter(own.holds("artist_id"))
            kept.add(mine, own.numbers(mine["artist_id"]))
        for each in range(own.first, own.end):
            only = Ranges(each, each + 1, count).holds("artist_id")
            told.append(kept[each - own.first])
            assert told[-1].equals(whole.filter(only))
            assert told[-1].schema == SCHEMA
        kept.close()
    assert sum(map(len, told)) == whole.height
    assert not list(tmp_path.iterdir())


KEEPS = """
import sys, time
from pathlib import Path
import numpy as np, polars as pl
from wrapped_assets.storage.rows_by_range import RowsByRange
frame = pl.DataFrame({"listener_id": np.arange(100_000)})
kept = RowsByRange(Path(sys.argv[1]), frame.schema, 3, 1_000)
kept.add(frame, frame["listener_id"].to_numpy() % 3)
print(kept[1].height, flush=True)
time.sleep(600)
"""


def test_a_process_that_is_killed_leaves_nothing(tmp_path: Path) -> None:
    with subprocess.Popen([sys.executable, "-c", KEEPS, str(tmp_path)], stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert int(process.stdout.readline()) == 33_333
        assert not list(tmp_path.iterdir())  # it has no name: the system removes it with the process
        os.kill(process.pid, signal.SIGKILL)
    assert not list(tmp_path.iterdir())


def test_a_disk_that_takes_no_more_is_said_with_what_to_do(tmp_path: Path) -> None:
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    frame = pl.DataFrame({"listener_id": np.arange(100_000)})
    kept = RowsByRange(tmp_path, frame.schema, 3, 1_000)
    resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, before[1]))
    try:
        with pytest.raises(WriteError, match=r"could not keep rows by range in .*File too large.*WRAPPED_CACHE; nothing was changed"):
            kept.add(frame, frame["listener_id"].to_numpy() % 3)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    kept.close()
    assert not list(tmp_path.iterdir())


def test_rows_are_kept_beside_the_root_or_where_the_operator_says(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("WRAPPED_CACHE", raising=False)
    assert spill_folder(tmp_path) == tmp_path
    monkeypatch.setenv("WRAPPED_CACHE", str(tmp_path / "disk" / "of its own"))
    assert spill_folder(tmp_path).is_dir()
    (tmp_path / "file").touch()
    monkeypatch.setenv("WRAPPED_CACHE", str(tmp_path / "file"))
    with pytest.raises(WriteError, match=r"could not use the folder .*file that WRAPPED_CACHE names"):
        spill_folder(tmp_path)

"""Arrays that an import keeps on disk come back as they were given, and a full disk is a clear error."""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from wrapped_assets.contracts.errors import WriteError
from wrapped_assets.storage.spool import Arrays, Spool

WHOLE = st.integers(-(2**63), 2**63 - 1)


@given(given_=st.lists(st.lists(WHOLE, max_size=5), max_size=6), order=st.randoms(use_true_random=False))
def test_each_array_comes_back_in_any_order_and_between_others(given_: list[list[int]], order: random.Random) -> None:
    arrays = Arrays()
    places = []
    for values in given_:
        places.append(arrays.add(np.array(values, dtype=np.int64)))
        assert arrays[places[0]].tolist() == given_[0]
    for number in order.sample(range(len(places)), len(places)):
        assert arrays[places[number]].tolist() == given_[number]


def test_a_part_of_another_array_is_kept_as_its_values() -> None:
    arrays = Arrays()
    assert arrays[arrays.add(np.arange(10, dtype=np.int64)[::3])].tolist() == [0, 3, 6, 9]


MADE: list[Callable[[], object]] = [
    lambda: Arrays().add(np.arange(3, dtype=np.int64)),
    lambda: Spool({"a": pl.Int64()}, [pl.DataFrame({"a": [1]})]),
]


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="only Linux has a full device")
@pytest.mark.parametrize("made", MADE)
@pytest.mark.parametrize("buffering", [0, -1])
def test_a_full_disk_is_a_clear_error(made: Callable[[], object], buffering: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.TemporaryFile", lambda: Path("/dev/full").open("r+b", buffering=buffering))  # noqa: SIM115 (it is one)
    with pytest.raises(WriteError, match=r"could not write a temporary file: .*; nothing was changed"):
        made()


@pytest.mark.parametrize("made", MADE)
def test_a_machine_without_a_folder_for_temporary_files_is_a_clear_error(
    made: Callable[[], object], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "nowhere"))
    with pytest.raises(WriteError, match=r"could not write a temporary file: .*; nothing was changed"):
        made()

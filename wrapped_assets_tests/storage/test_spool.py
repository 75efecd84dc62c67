"""Arrays that an import keeps on disk come back as they were given, and a full disk is a clear error."""

from __future__ import annotations

import random
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from wrapped_assets.contracts.errors import WriteError
from wrapped_assets.storage.spool import Arrays

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


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="only Linux has a full device")
def test_a_full_disk_is_a_clear_error(monkeypatch: pytest.MonkeyPatch) -> None:
    with Path("/dev/full").open("r+b", buffering=0) as full:
        monkeypatch.setattr("tempfile.TemporaryFile", lambda: full)
        with pytest.raises(WriteError, match=r"could not write a temporary file: .*; nothing was changed"):
            Arrays().add(np.arange(3, dtype=np.int64))

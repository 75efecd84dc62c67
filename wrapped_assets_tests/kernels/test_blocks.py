"""Intervals of an id hold each row once, whatever the ids are."""

from __future__ import annotations

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from wrapped_assets.kernels.blocks import by_intervals, intervals_of

ENDS = [-(2**63), -(2**63) + 1, -1, 0, 1, 2**62, 2**63 - 1]
IDS = st.lists(st.sampled_from(ENDS) | st.integers(0, 2**63 - 1), max_size=20)


@settings(max_examples=60)
@given(IDS, st.integers(1, 5))
def test_each_row_is_in_one_interval(ids: list[int], most: int) -> None:
    rows = pl.LazyFrame({"listener_id": ids}, schema={"listener_id": pl.Int64})
    found = intervals_of(rows, "listener_id", most)
    assert found == sorted(found)
    assert [sum(least <= one <= greatest for least, greatest in found) for one in ids] == [1] * len(ids)
    assert by_intervals(rows, "listener_id", lambda some: some, most).collect()["listener_id"].sort().to_list() == sorted(ids)

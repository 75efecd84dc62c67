"""A rank looked up in a ladder is the rank that counting gives, also of a value that came later."""

from __future__ import annotations

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from wrapped_assets.kernels.ladders import ladder, rank_in

PAIRS = st.lists(st.tuples(st.integers(0, 3), st.integers(0, 6)), max_size=40)


@given(PAIRS, PAIRS, st.integers(1, 5))
def test_a_rank_is_one_and_how_many_have_more(frozen: list[tuple[int, int]], asked: list[tuple[int, int]], minimum: int) -> None:
    values = pl.LazyFrame(frozen, schema={"group": pl.Int64, "value": pl.Int64}, orient="row")
    rows = pl.LazyFrame(
        [(place, *each) for place, each in enumerate(asked)], schema={"place": pl.Int64, "group": pl.Int64, "value": pl.Int64}, orient="row"
    )
    rungs = ladder(values, "group", "value").filter(pl.col("listener_count") >= minimum)
    found = rank_in(rows, rungs, "group", "value", "rank", "size").sort("place").collect()
    sizes = {group: sum(other == group for other, _ in frozen) for group in range(4)}
    expected = [
        {"place": place, "group": group, "value": value, "size": max(sizes[group], rank), "rank": rank}
        for place, (group, value) in enumerate(asked)
        if sizes[group] >= minimum
        for rank in [1 + sum(other == group and more > value for other, more in frozen)]
    ]
    assert found.select("place", "group", "value", "size", "rank").to_dicts() == expected

"""A quotient does not depend on the rows beside it."""

from __future__ import annotations

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from wrapped_assets.kernels.division import divided


@settings(deadline=None)
@given(st.lists(st.integers(0, 10**12), min_size=1, max_size=40), st.sampled_from((60_000, 365, 7)))
def test_every_row_is_divided_once_and_correctly_rounded(amounts: list[int], by: int) -> None:
    frame = pl.LazyFrame({"amount": amounts}, schema={"amount": pl.Int64}).select(divided(pl.col("amount"), by)).collect()
    assert frame["amount"].to_list() == [amount / by for amount in amounts]

"""Rankings are the same whether every row is sorted or only those that may be chosen."""

from datetime import date
from unittest.mock import patch

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wrapped_assets.kernels import ranking

SCHEMA = {"who": pl.Int64, "month": pl.String, "count": pl.Int64, "score": pl.Float64, "day": pl.Date, "id": pl.Int64}
rows = st.lists(
    st.tuples(
        st.integers(0, 3) | st.sampled_from([2**62, 2**63 - 1]), st.sampled_from(["2026-01", "2026-02"]),
        st.integers(-3, 3) | st.sampled_from([2**60, -(2**60)]), st.floats() | st.just(-float("nan")),
        st.dates(date(2020, 1, 1), date(2030, 1, 1)),
    ),
    max_size=60,
)  # fmt: skip


@settings(deadline=None)
@given(rows, st.sampled_from(["count", "score", "day"]), st.booleans(), st.integers(1, 5), st.sampled_from([["who"], ["who", "month"]]))
def test_looking_at_likely_rows_only_changes_no_ranking(given_rows, term, is_descending, limit, by):
    frame = pl.DataFrame([(*row, number) for number, row in enumerate(given_rows)], schema=SCHEMA, orient="row").lazy()
    order = [f"-{term}" if is_descending else term, "id"]
    plans = [ranking.ranked(frame, by, order=order, rank="place", limit=limit), ranking.first_per(frame, by, order=order)]
    plain = pl.collect_all(plans)
    with patch.object(ranking, "_WORTH_IT", 0):
        quick = pl.collect_all(plans)
    assert all(one.equals(other) for one, other in zip(plain, quick, strict=True))


@pytest.mark.parametrize("name", ["who", "count"])
def test_a_missing_value_is_ranked_as_before(name):
    frame = pl.DataFrame([(1, "2026-01", 5, 1.0, None, 1), (1, "2026-01", None, 1.0, None, 2)], schema=SCHEMA, orient="row")
    frame = frame.with_columns(pl.when(pl.col("id") == 1).then(name)).lazy()
    plain = ranking.first_per(frame, "who", order=["-count", "id"]).collect()
    with patch.object(ranking, "_WORTH_IT", 0):
        assert ranking.first_per(frame, "who", order=["-count", "id"]).collect().equals(plain)

"""Large results that come sorted are not sorted again, and all others are."""

from __future__ import annotations

from datetime import date

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from wrapped_assets.building import evaluate
from wrapped_assets.contracts.graph import project_graph
from wrapped_assets.vocabulary.rules import rules_for

SOME = st.one_of(st.none(), st.integers(-2, 2))
ROWS = st.lists(st.tuples(SOME, st.one_of(st.none(), st.floats(-1, 1), st.just(float("nan"))), st.sampled_from("abc")), max_size=6)


@given(ROWS, st.booleans(), st.permutations(["one", "two", "three"]))
def test_rows_come_as_sorting_gives_them(rows: list[tuple[object, ...]], is_sorted: bool, order: list[str]) -> None:
    frame = pl.DataFrame(rows, schema={"one": pl.Int64, "two": pl.Float64, "three": pl.String}, orient="row")
    given_ = frame.sort(order) if is_sorted else frame
    assert evaluate._in_order(given_, order).equals(frame.sort(order))


def test_a_large_result_is_sorted_whatever_order_its_function_gave(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(evaluate, "ROWS_TO_LOOK_AT", 0)
    declaration = project_graph().by_key["insights/first_listen"]
    days = pl.DataFrame(
        {
            "listener_id": [2, 1, 3], "listen_count": [1, 1, 1], "local_date": [date(2025, 1, day) for day in (3, 1, 2)],
            "first_recording_id": [7, 8, 9],
            "first_listened_at": pl.Series([0, 1, 2]).cast(pl.Datetime("ms", "UTC")),
        }
    )  # fmt: skip
    (read,) = declaration.reads
    found = evaluate.lazy_result(declaration, {read.asset: days}, rules_for("default", 2025), "2025").collect()
    assert found["listener_id"].to_list() == [1, 2, 3]

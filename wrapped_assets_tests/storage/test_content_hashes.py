"""Content hashes: equal values hash equal however they lie in memory; any difference of value, order, type or null is seen."""

from __future__ import annotations

import subprocess
import sys
from datetime import UTC, date, datetime

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from wrapped_assets.kernels.hashing import column_hash, combined, frame_hashes

integers = st.lists(st.none() | st.integers(-(2**63), 2**63 - 1), max_size=30)
texts = st.lists(st.none() | st.text(max_size=8), max_size=30)
lists = st.lists(st.none() | st.lists(st.none() | st.text(max_size=4), max_size=4), max_size=15)
booleans = st.lists(st.none() | st.booleans(), max_size=40)
DTYPES = {"integers": pl.Int64(), "texts": pl.String(), "lists": pl.List(pl.String()), "booleans": pl.Boolean()}
columns = st.one_of(
    *(
        st.tuples(st.just(name), values)
        for name, values in (("integers", integers), ("texts", texts), ("lists", lists), ("booleans", booleans))
    )
)


def series(kind: str, values: list[object]) -> pl.Series:
    return pl.Series("x", values, dtype=DTYPES[kind])


@given(columns, st.integers(0, 30))
def test_equal_values_hash_equal_whatever_the_chunks(column: tuple[str, list[object]], cut: int) -> None:
    kind, values = column
    whole = series(kind, values)
    pieces = pl.concat([series(kind, values[:cut]), series(kind, values[cut:])], rechunk=False)
    longer = pl.concat([series(kind, values), series(kind, values)], rechunk=False)
    assert column_hash(whole) == column_hash(pieces) == column_hash(longer[: len(values)]) == column_hash(longer[len(values) :])


@given(columns, st.data())
def test_different_values_hash_differently(column: tuple[str, list[object]], data: st.DataObject) -> None:
    kind, values = column
    other = data.draw(
        st.permutations(values)
        if data.draw(st.booleans())
        else {"integers": integers, "texts": texts, "lists": lists, "booleans": booleans}[kind]
    )
    assert (column_hash(series(kind, values)) == column_hash(series(kind, list(other)))) == (list(values) == list(other))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (pl.Series([None, "a"]), pl.Series(["", "a"])),
        (pl.Series(["ab", "c"]), pl.Series(["a", "bc"])),
        (pl.Series([[], ["a"]]), pl.Series([None, ["a"]])),
        (pl.Series([["a"], ["b"]]), pl.Series([["a", "b"], []])),
        (pl.Series([[None], ["a"]]), pl.Series([[], ["a"]], dtype=pl.List(pl.String))),
        (pl.Series([1, 2], dtype=pl.Int32), pl.Series([1, 2], dtype=pl.Int64)),
        (pl.Series([0, 1], dtype=pl.Int8), pl.Series([False, True])),
        (pl.Series([None, None], dtype=pl.Int64), pl.Series([None], dtype=pl.Int64)),
        (pl.Series([None, 0, 1]), pl.Series([0, None, 1])),
        (pl.Series([date(2025, 1, 1)]), pl.Series([date(2025, 1, 2)])),
        (pl.Series([datetime(2025, 1, 1, tzinfo=UTC)]), pl.Series([datetime(2025, 1, 1)])),  # noqa: DTZ001 (without a zone, on purpose)
        (pl.Series([0.1]), pl.Series([0.1 + 2**-55])),
    ],
)
def test_what_looks_alike_is_told_apart(one: pl.Series, other: pl.Series) -> None:
    assert column_hash(one) != column_hash(other)


def test_a_frame_has_one_hash_per_column_whatever_the_names() -> None:
    frame = pl.DataFrame({"a": [1, 2], "b": [1, 2]})
    assert list(frame_hashes(frame)) == ["a", "b"]
    assert frame_hashes(frame)["a"] == frame_hashes(frame)["b"]


@given(st.lists(st.text(), max_size=4), st.lists(st.text(), max_size=4))
def test_texts_are_combined_without_running_into_each_other(one: list[str], other: list[str]) -> None:
    assert (combined(*one) == combined(*other)) == (one == other)


def test_another_process_gives_the_same_hashes() -> None:
    program = "import polars as pl; from wrapped_assets.kernels.hashing import column_hash; print(column_hash(pl.Series(['a', None, 'ø'])))"
    found = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, env={"PYTHONHASHSEED": "7"})
    assert found.stdout.strip() == column_hash(pl.Series(["a", None, "ø"]))

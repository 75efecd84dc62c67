"""Content hashes: equal values hash equal however they lie in memory; any difference of value, order, type or null is seen."""

from __future__ import annotations

import subprocess
import sys
from datetime import UTC, date, datetime

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from polars.testing.parametric import series as any_series

from wrapped_assets.kernels.hashing import column_hash, frame_hashes
from wrapped_assets.kernels.versions import combined

# What Polars' own strategy of series does not draw: 128 bits, half floats, arrays of arrays, maps.
RARE = [
    pl.Series([2**100, None, -(2**100), 0], dtype=pl.Int128),
    pl.Series([0.5, None, float("nan"), -0.0, 0.0], dtype=pl.Float16),
    pl.Series([[[1, 2], [3, 4]], None, [[1, None], None]], dtype=pl.Array(pl.Int64, (2, 2))),
    pl.Series([{"a": 1, "b": None}, None, {}, {"b": None, "a": 1}], dtype=pl.Map(pl.String, pl.Int64)),
    pl.Series([[{"a": []}], [], None, [None], [{"a": None}], [{"a": [None]}]], dtype=pl.List(pl.Struct({"a": pl.List(pl.Binary)}))),
    pl.Series(["a", None, "b", ""], dtype=pl.Enum(["", "a", "b"])),
]

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


@given(any_series(max_size=0))
def test_a_frame_without_rows_has_the_hashes_of_its_columns(none: pl.Series) -> None:
    for dtype in (none.dtype, *(one.dtype for one in RARE)):
        assert frame_hashes(pl.DataFrame(schema={"a": dtype})) == {"a": column_hash(pl.Series(dtype=dtype))}


@given(columns, st.data())
def test_different_values_hash_differently(column: tuple[str, list[object]], data: st.DataObject) -> None:
    kind, values = column
    other = data.draw(
        st.permutations(values)
        if data.draw(st.booleans())
        else {"integers": integers, "texts": texts, "lists": lists, "booleans": booleans}[kind]
    )
    assert (column_hash(series(kind, values)) == column_hash(series(kind, list(other)))) == (list(values) == list(other))


def are_equal(one: pl.Series, other: pl.Series) -> bool:
    """Polars' equality, nulls and type included, and the sign of zeros."""
    return one.equals(other, check_dtypes=True, null_equal=True) and repr(one.to_list()) == repr(other.to_list())


def assert_hashes_follow(one: pl.Series, other: pl.Series) -> None:
    assert (column_hash(one) == column_hash(other)) == are_equal(one, other), (one, other)


@settings(max_examples=150)
@given(any_series(max_size=9, allow_null=True, allow_chunks=True, excluded_dtypes=[pl.Object]), st.data())
def test_two_columns_of_any_type_hash_equal_exactly_if_they_are_equal(one: pl.Series, data: st.DataObject) -> None:
    assert column_hash(one) == column_hash(one.rechunk())
    padded = pl.concat([one, one, one], rechunk=False)
    assert column_hash(padded[len(one) : 2 * len(one)]) == column_hash(one), "where a slice lies does not count"
    order = data.draw(st.lists(st.integers(0, max(len(one) - 1, 0)), max_size=len(one)) if len(one) else st.just([]))
    assert_hashes_follow(one, one.gather(order))
    hole = data.draw(st.integers(0, len(one)))
    masked = pl.select(pl.when(pl.int_range(len(one)) != hole).then(one)).to_series()  # its value stays in memory under the null
    assert_hashes_follow(one, masked)
    assert_hashes_follow(masked, pl.concat([one[:hole], one.clear(1)[: len(one) - hole], one[hole + 1 :]]))


@pytest.mark.parametrize("one", RARE, ids=lambda each: str(each.dtype))
def test_rare_types_hash_equal_exactly_if_they_are_equal(one: pl.Series) -> None:
    for left in range(len(one) + 1):
        for right in range(left, len(one) + 1):
            cut = one[left:right]
            rebuilt = pl.concat([one[left : left + 1], one[left + 1 : right]], rechunk=False) if right > left else one.clear()
            assert column_hash(cut) == column_hash(rebuilt)
            for shift in range(len(one)):
                assert_hashes_follow(cut, one[shift : shift + right - left])


@pytest.mark.parametrize(("dtype", "rows"), [(pl.UInt8, 8), (pl.Int16, 16), (pl.Int32, 32), (pl.Int64, 64)])
def test_a_bitmap_of_nulls_is_not_taken_for_a_value(dtype: type[pl.DataType], rows: int) -> None:
    """The collision that threw an insight's new null away."""
    assert column_hash(pl.Series([1] * rows, dtype=dtype)) != column_hash(pl.Series([1] * (rows - 1) + [None], dtype=dtype))


def test_codes_of_categories_depend_on_the_process_and_do_not_count() -> None:
    pl.Series(["seen", "before"], dtype=pl.Categorical)
    assert column_hash(pl.Series(["a", "b"], dtype=pl.Categorical)) == column_hash(pl.Series(["b", "a"], dtype=pl.Categorical)[::-1])


def test_a_column_of_python_objects_is_refused() -> None:
    with pytest.raises(TypeError, match="has no content hash"):
        column_hash(pl.Series([object()], dtype=pl.Object))


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
        (pl.Series([0.0]), pl.Series([-0.0])),
        (pl.Series([None, None], dtype=pl.String), pl.Series(["null", "null"])),
        (pl.Series(["null"]), pl.Series([b"null"])),
        (pl.Series(["a"], dtype=pl.Enum(["a", "b"])), pl.Series(["a"], dtype=pl.Enum(["b", "a"]))),
        (pl.Series(["a"], dtype=pl.Categorical), pl.Series(["a"])),
        (pl.Series([1]).cast(pl.Decimal(10, 2)), pl.Series([100]).cast(pl.Decimal(10, 0))),
        (pl.Series([{"a": None}], dtype=pl.Struct({"a": pl.Int64})), pl.Series([None], dtype=pl.Struct({"a": pl.Int64}))),
        (pl.Series([{"a": 1}]), pl.Series([{"b": 1}])),
        (pl.Series([[1, 2]], dtype=pl.Array(pl.Int64, 2)), pl.Series([[1, 2]])),
        (pl.Series([0]).cast(pl.Datetime("us", "UTC")), pl.Series([0]).cast(pl.Datetime("us", "Europe/London"))),
        (pl.Series([0]).cast(pl.Datetime("us")), pl.Series([0]).cast(pl.Datetime("ms"))),
        (pl.Series([0]).cast(pl.Duration("us")), pl.Series([0]).cast(pl.Time)),
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


_likely_texts = st.text(max_size=4) | st.sampled_from(["None", "1", "True", "a=b", "a,b", "a\nb"])
values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False).filter(bool) | _likely_texts | st.dates(),
    lambda inner: st.lists(inner, max_size=3).map(tuple),
    max_leaves=6,
)


def typed(value: object) -> object:
    """Python says that True == 1: the type beside the value tells them apart."""
    return tuple(map(typed, value)) if isinstance(value, tuple) else (type(value).__name__, value)


@given(st.lists(values, max_size=3), st.lists(values, max_size=3))
def test_versions_are_equal_exactly_if_their_parts_are(one: list[object], other: list[object]) -> None:
    assert (combined(*one) == combined(*other)) == (typed(tuple(one)) == typed(tuple(other)))


@pytest.mark.parametrize(
    ("one", "other"),
    [((None,), ("None",)), (("a,b", "c"), ("a", "b,c")), ((("a=b", "c"),), (("a", "b=c"),)), (("1",), (1,)), ((1,), (True,))],
)
def test_parts_of_a_version_keep_their_types_and_ends(one: tuple[object, ...], other: tuple[object, ...]) -> None:
    assert combined(*one) != combined(*other)


def test_a_version_of_something_without_a_fixed_text_is_refused() -> None:
    with pytest.raises(TypeError, match="cannot be made of object"):
        combined(object())  # type: ignore[arg-type]


def test_another_process_gives_the_same_hashes() -> None:
    program = "import polars as pl; from wrapped_assets.kernels.hashing import column_hash; print(column_hash(pl.Series(['a', None, 'ø'])))"
    found = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, env={"PYTHONHASHSEED": "7"})
    assert found.stdout.strip() == column_hash(pl.Series(["a", None, "ø"]))

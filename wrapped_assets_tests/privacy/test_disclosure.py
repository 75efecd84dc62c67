"""Laws of what keeps small groups out of tables."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from wrapped_assets.privacy.disclosure import (
    OTHER,
    Cell,
    banded,
    dominates,
    is_dominated,
    merged_into_other,
    rounded,
    smallest_class,
    two_digits,
)

K = 20
CELLS = st.dictionaries(st.sampled_from([*"abcdefgh", OTHER]), st.integers(0, 60)).map(
    lambda counts: [Cell(key, count, 3 * count) for key, count in counts.items()]
)


@given(CELLS)
def test_what_is_shown_is_of_k_people_or_nothing(cells: list[Cell]) -> None:
    assert all(cell.listeners >= K for cell in merged_into_other(cells, K))


@given(CELLS)
def test_the_total_less_what_is_shown_is_nobody_or_everybody(cells: list[Cell]) -> None:
    shown = merged_into_other(cells, K)
    left = sum(cell.listeners for cell in cells) - sum(cell.listeners for cell in shown)
    assert left == 0 or not shown


@given(CELLS)
def test_where_no_cell_is_large_enough_nothing_is_shown_not_even_other(cells: list[Cell]) -> None:
    assert merged_into_other(cells, 61) == []


@given(CELLS)
def test_other_stands_for_at_least_two_cells_and_nobody_can_take_it_apart(cells: list[Cell]) -> None:
    shown = {cell.key: cell for cell in merged_into_other(cells, K)}
    merged = [cell for cell in cells if (cell.listeners and cell.key not in shown) or (cell.key == OTHER and cell.listeners)]
    if OTHER in shown:
        assert len(merged) >= 2
        assert shown[OTHER].listeners == sum(cell.listeners for cell in merged)
        assert shown[OTHER].amount == 3 * shown[OTHER].listeners
    elif shown:
        assert merged == []


@given(CELLS, st.randoms())
def test_the_order_of_cells_never_matters(cells: list[Cell], random) -> None:
    mixed = list(cells)
    random.shuffle(mixed)
    assert merged_into_other(mixed, K) == merged_into_other(cells, K)


@given(CELLS)
def test_the_small_never_stay_while_the_large_go(cells: list[Cell]) -> None:
    shown = [cell.listeners for cell in merged_into_other(cells, K) if cell.key != OTHER]
    kept = sorted((cell.listeners for cell in cells if cell.key != OTHER), reverse=True)
    assert shown == kept[: len(shown)]


@given(st.integers(0, 10**9), st.sampled_from([5, 10, 100]))
def test_rounding_is_to_the_nearest_step(count: int, step: int) -> None:
    assert rounded(count, step) % step == 0
    assert 2 * abs(rounded(count, step) - count) <= step


@given(st.integers(0, 10**9))
def test_two_digits_are_two_digits_of_ten_or_more(count: int) -> None:
    about = two_digits(count)
    assert about % 10 == 0
    assert len(str(about).rstrip("0")) <= 2
    assert abs(about - count) <= max(5, count / 20)
    assert two_digits(about) == about


def test_two_digits_as_the_design_says_them() -> None:
    assert [two_digits(each) for each in (4, 57, 67, 99, 104, 1_234, 1_250, 99_500)] == [0, 60, 70, 100, 100, 1_200, 1_300, 100_000]


AMOUNTS = st.lists(st.integers(0, 1_000), max_size=30)


@given(AMOUNTS)
def test_the_short_form_of_dominance_says_the_same(amounts: list[int]) -> None:
    first, second = sorted([*amounts, 0, 0], reverse=True)[:2]
    assert is_dominated(amounts, 10, 50) == dominates(first, second, sum(amounts), 10, 50)


@given(AMOUNTS)
def test_where_nobody_dominates_the_second_largest_learns_the_largest_no_closer_than_ten_percent(amounts: list[int]) -> None:
    if sum(amounts) and not is_dominated(amounts, 10, 50):
        first, second = sorted(amounts, reverse=True)[:2]
        best_guess = sum(amounts) - second
        assert best_guess - first >= first / 10
        assert first <= sum(amounts) / 2


@given(AMOUNTS, st.integers(0, 29))
def test_who_dominates_still_does_with_more(amounts: list[int], place: int) -> None:
    if amounts and is_dominated(amounts, 10, 50):
        top = amounts.index(max(amounts))
        assert is_dominated([*amounts[:top], amounts[top] + 1 + place, *amounts[top + 1 :]], 10, 50)


def test_the_smallest_class_is_over_all_columns_together() -> None:
    rows = [{"a": 1, "b": n % 2, "c": n % 3} for n in range(12)]
    assert (smallest_class(rows, ["a"]), smallest_class(rows, ["a", "b"]), smallest_class(rows, ["a", "b", "c"])) == (12, 6, 2)
    assert smallest_class([], ["a"]) == 0


@given(st.integers(0, 10**7))
def test_a_band_hides_one_more_and_one_less_except_at_its_edge(count: int) -> None:
    edges = {20, 100, 1_000, 10_000, 100_000, 1_000_000}
    assert (banded(count) == banded(count + 1)) == (count + 1 not in edges)

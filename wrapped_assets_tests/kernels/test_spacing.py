"""Equal neighbours are kept apart as far as that is possible."""

from __future__ import annotations

from itertools import pairwise, permutations

from hypothesis import given, settings
from hypothesis import strategies as st

from wrapped_assets.kernels.spacing import apart

VALUES = st.lists(st.sampled_from("abc"), max_size=7)


def is_spaced(values: list[str], order: tuple[int, ...] | list[int], after: int) -> bool:
    return all(values[one] != values[two] for place, (one, two) in enumerate(pairwise(order), start=2) if place > after)


@settings(max_examples=150, deadline=None)
@given(VALUES, st.integers(1, 3))
def test_all_are_placed_and_spaced_where_any_order_would_do(values: list[str], after: int) -> None:
    order = apart(values, after=after, limit=len(values))
    assert sorted(order) == list(range(len(values)))
    head = list(range(min(after, len(values))))
    assert order[: len(head)] == head
    possible = any(is_spaced(values, (*head, *rest), after) for rest in permutations(range(len(head), len(values))))
    assert is_spaced(values, order, after) or not possible


@settings(deadline=None)
@given(VALUES, st.integers(1, 3), st.integers(0, 7))
def test_as_many_are_chosen_as_there_are_places_for(values: list[str], after: int, limit: int) -> None:
    order = apart(values, after=after, limit=limit)
    assert len(order) == len(set(order)) == min(limit, len(values))


def test_the_best_of_another_value_comes_next() -> None:
    assert apart("aaabbc", after=2, limit=6) == [0, 1, 3, 2, 4, 5]

"""A place among others is the share of people below, and half of those of the same value, whoever the ladder was made without."""

from __future__ import annotations

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from wrapped_assets.kernels.clubs import clubs_of
from wrapped_assets.kernels.ladders import ladder
from wrapped_assets.kernels.places import place_in
from wrapped_assets.vocabulary.clubs import CLUB_OF_GENRE, GENRES_OF_CLUBS, ROLES
from wrapped_assets.vocabulary.personalities import AXES, LETTERS, PERSONALITIES


@given(st.lists(st.integers(0, 9), min_size=1, max_size=30), st.integers(-2, 12))
def test_a_place_counts_who_is_below_and_half_of_the_equals(values: list[int], late: int) -> None:
    known = pl.LazyFrame({"axis": ["a"] * len(values), "axis_value": values})
    rungs = ladder(known, "axis", "axis_value")
    rows = pl.LazyFrame({"axis": ["a", "other"], "axis_value": [late, late]})
    told = place_in(rows, rungs, "axis", "axis_value", "place", "people").collect()
    below, same = sum(value < late for value in values), values.count(late)
    assert told.select("axis", "place", "people").rows() == [("a", (2 * below + same) / (2 * len(values)), len(values))]


def test_a_genre_leads_where_the_nearest_genre_that_it_is_a_kind_of_leads() -> None:
    tree = {"electronic": None, "downtempo": "electronic", "trip hop": "downtempo", "dark trip hop": "trip hop", "odd": None,
            "odder": "odd", "bitpop": "electronic"}  # fmt: skip
    genres = pl.LazyFrame({"genre_name": list(tree), "parent_genre_name": list(tree.values())})
    assert dict(clubs_of(genres).collect().iter_rows()) == {
        "electronic": "Night Shift", "bitpop": "Night Shift", "downtempo": "Slow Orbit", "trip hop": "Slow Orbit",
        "dark trip hop": "Slow Orbit",
    }  # fmt: skip


def test_the_tables_are_whole() -> None:
    assert sum(map(len, GENRES_OF_CLUBS.values())) == len(CLUB_OF_GENRE), "no genre leads to two clubs"
    assert [bound for _, bound in ROLES] == sorted({bound for _, bound in ROLES})
    assert ROLES[-1][1] == 100
    codes = {a + b + c + d for a in LETTERS[0] for b in LETTERS[1] for c in LETTERS[2] for d in LETTERS[3]}
    assert len(AXES) == len(LETTERS)
    assert codes == set(PERSONALITIES)
    assert len({name for name, _ in PERSONALITIES.values()}) == len({meaning for _, meaning in PERSONALITIES.values()}) == 16

"""Names are cleaned and compared the same way whether they need work or only a look."""

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from wrapped_assets.kernels import texts

awkward = st.sampled_from(" `´'\"“”„«»‐–—ÀßİŉſĲ²ﬁかガ가一豈ЙΣ\t\u00a0\u0301\u3099\u11a8\u200b\u1e9b")
names = st.lists(st.none() | st.text(awkward | st.characters(exclude_categories=["Cs"]), max_size=12), max_size=8)


@settings(deadline=None)
@given(names)
def test_a_name_that_needs_no_cleaning_is_the_same_as_if_it_had_been_cleaned(given_names):
    column = pl.Series("name", given_names, dtype=pl.String).to_frame()
    assert column.select(texts.clean(pl.col("name"))).equals(column.select(texts._cleaned_fully(pl.col("name"))))


@settings(deadline=None)
@given(names)
def test_a_name_that_needs_no_normalising_is_the_same_as_if_it_had_been_normalised(given_names):
    column = pl.Series("name", given_names, dtype=pl.String).to_frame()
    assert column.select(texts.normalised(pl.col("name"))).equals(column.select(texts._normalised_fully(pl.col("name"))))


@settings(deadline=None)
@given(names)
def test_normalising_and_cleaning_again_changes_nothing(given_names):
    column = pl.Series("name", given_names, dtype=pl.String).to_frame()
    once = column.select(texts.clean(pl.col("name")))
    assert once.select(texts.clean(pl.col("name"))).equals(once)


@settings(deadline=None)
@given(st.lists(st.none() | names, max_size=5))
def test_each_text_of_a_list_is_cleaned_and_empty_ones_leave(given_lists):
    column = pl.Series("names", given_lists, dtype=pl.List(pl.String)).to_frame()
    plain = pl.col("names").list.eval(texts._cleaned_fully(pl.element())).list.drop_nulls()
    assert column.select(texts.clean_each(pl.col("names"))).equals(column.select(plain))


def test_the_spelling_in_mixed_case_is_shown_whoever_else_writes_in_capitals():
    names = ["THIRD RAIL", "Third Rail", "third rail", "ABBA", "abba", "夜", None, None]
    spellings = pl.DataFrame({"id": [1, 1, 1, 2, 2, 3, 3, 4], "name": names})
    shown = spellings.group_by("id").agg(name=texts.best_spelling(pl.col("name"))).sort("id")
    assert shown["name"].to_list() == ["Third Rail", "abba", "夜", None]

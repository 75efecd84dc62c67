"""Likeness of listeners is exact, the same in blocks of any size, and in any order of rows."""

from __future__ import annotations

from collections import defaultdict
from fractions import Fraction

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from wrapped_assets.kernels.neighbours import most_missed
from wrapped_assets.kernels.ranges import Ranges
from wrapped_assets.kernels.similarity import SCHEMA, most_alike

IDS = st.integers(0, 11).map(lambda n: n * (2**59) + 7)  # as far apart as hashes are
heard = st.dictionaries(st.tuples(IDS, IDS), st.sampled_from([1, 2, 3, 50, 150_000]), max_size=60)


def counts_of(found: dict[tuple[int, int], int]) -> pl.DataFrame:
    rows = [(who, recording, listens) for (who, recording), listens in found.items()]
    return pl.DataFrame(rows, schema={"listener_id": pl.Int64, "recording_id": pl.Int64, "listen_count": pl.Int64}, orient="row")


@given(heard, st.integers(1, 4))
def test_the_size_of_blocks_and_the_order_of_rows_change_nothing(found: dict[tuple[int, int], int], limit: int) -> None:
    counts = counts_of(found)
    whole = most_alike(counts.lazy(), limit).collect()
    assert whole.schema == SCHEMA
    for rows, cells in ((1, 1), (3, 2), (9, 30), (10**6, 1)):
        assert most_alike(counts.reverse().lazy(), limit, rows=rows, cells=cells).collect().equals(whole)
        for shares in (2, 5):
            parts = [most_alike(counts.lazy(), limit, within=Ranges.of_share(one, shares, 7), rows=rows) for one in range(shares)]
            assert pl.concat(parts).collect().equals(whole)


@given(heard, st.integers(1, 4))
def test_whoever_has_too_few_listens_is_compared_with_nobody(found: dict[tuple[int, int], int], limit: int) -> None:
    counts = counts_of(found)
    enough = counts.filter(pl.col("listen_count").sum().over("listener_id") >= 50)
    for rows in (2, 10**6):
        assert most_alike(counts.lazy(), limit, fewest=50, rows=rows).collect().equals(most_alike(enough.lazy(), limit).collect())


@given(heard)
def test_a_similarity_is_the_cosine_of_whole_numbers_and_the_same_both_ways(found: dict[tuple[int, int], int]) -> None:
    vectors: dict[int, dict[int, int]] = defaultdict(dict)
    for (who, recording), listens in found.items():
        vectors[who][recording] = listens
    rows = most_alike(counts_of(found).lazy(), 25).collect()
    told = {(one, other): share for one, _, other, share in rows.rows()}
    for one, own in vectors.items():
        for other, theirs in vectors.items():
            dot = sum(own[recording] * theirs.get(recording, 0) for recording in own)
            if one == other or Fraction(dot**2, _square(own) * _square(theirs)) < Fraction(1, 10**18):
                continue  # what rounds to nothing in common has no row
            assert told[one, other] == told[other, one]
            assert abs(Fraction(told[one, other]) ** 2 - Fraction(dot**2, _square(own) * _square(theirs))) < Fraction(1, 10**8)
    for _, theirs in rows.group_by("listener_id", maintain_order=True):
        order = list(zip((-theirs["similarity_share"]).to_list(), theirs["similar_listener_id"], strict=True))
        assert order == sorted(order)
        assert theirs["similar_rank"].to_list() == list(range(1, len(order) + 1))


def _square(counts: dict[int, int]) -> int:
    return sum(count * count for count in counts.values())


@given(heard, st.sets(st.tuples(IDS, IDS), max_size=30), st.sets(st.tuples(IDS, IDS), max_size=30))
def test_what_was_missed_is_the_same_in_blocks_of_any_size(
    found: dict[tuple[int, int], int], pairs: set[tuple[int, int]], known: set[tuple[int, int]]
) -> None:
    ids = {"listener_id": pl.Int64, "recording_id": pl.Int64}
    theirs = counts_of(found).with_columns(artist_id=pl.col("recording_id") % 3).lazy()
    similar = pl.LazyFrame(sorted(pairs), schema={"listener_id": pl.Int64, "similar_listener_id": pl.Int64}, orient="row").with_columns(
        is_alike=pl.col("similar_listener_id") % 3 > 0, is_shared=pl.col("similar_listener_id") % 3 < 2
    )
    history = pl.LazyFrame(sorted(known), schema=ids, orient="row")
    unwanted = pl.LazyFrame({"listener_id": [7, 7], "artist_id": [1, 2]})
    whole = most_missed(similar, theirs, history, unwanted, fewest=2, per_artist=2, limit=3).collect()
    assert whole.join(unwanted.collect(), on=["listener_id", "artist_id"], how="semi").is_empty()
    assert whole.join(history.collect(), on=list(ids), how="semi").is_empty()
    for rows in (1, 9):
        assert most_missed(similar, theirs, history, unwanted, fewest=2, per_artist=2, limit=3, rows=rows).collect().equals(whole)
        shares = [Ranges.of_share(number, 3, 8) for number in range(3)]
        parts = [most_missed(similar, theirs, history, unwanted, fewest=2, per_artist=2, limit=3, within=own, rows=rows) for own in shares]
        assert pl.concat(parts).collect().equals(whole)

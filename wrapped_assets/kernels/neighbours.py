"""Finds what listeners' neighbours heard and they did not, in blocks of listeners to bound memory."""

from __future__ import annotations

from types import MappingProxyType

import numpy as np
import polars as pl

from wrapped_assets.kernels.blocks import blocks_of, intervals_of
from wrapped_assets.kernels.ranges import EVERYTHING, Ranges
from wrapped_assets.kernels.ranking import ranked
from wrapped_assets.vocabulary import columns as c

_LISTENS, _PEOPLE = "_listens", "_people"  # of the neighbours who count: they order the rows and leave with none of them

_PAIR = pl.col("listener_id") ^ pl.col("recording_id")  # of two hashes: pairs rarely share a number, and then one more is looked at
ROWS_PER_BLOCK = 2_000_000  # of neighbours' listens and of listeners' histories: some 150 MB while they are grouped
SCHEMA = MappingProxyType({
    column.name: column.dtype
    for column in (c.listener_id, c.missed_rank, c.recording_id, c.artist_id)
})


def most_missed(
    similar: pl.LazyFrame, heard: pl.LazyFrame, history: pl.LazyFrame, unwanted: pl.LazyFrame, *, fewest: int, per_artist: int, limit: int,
    within: Ranges = EVERYTHING, rows: int = ROWS_PER_BLOCK,
) -> pl.LazyFrame:  # fmt: skip
    """Returns the recordings (SCHEMA) that neighbours of a listener `within` heard and the listener never did, by the neighbours' listens.

    Only recordings count that at least `fewest` listeners of similar taste heard, or any member of a shared group who shows their plays;
    listens by others do not even affect the order.

    `similar` has pairs of listener_id and similar_listener_id, each once, with is_alike and is_shared, of which one is true; `heard` has
    the neighbours' listens: listener_id, recording_id, artist_id, listen_count; `history` has all that listeners ever heard:
    listener_id, recording_id; `unwanted` has excluded artists: listener_id, artist_id. At most `per_artist` per primary artist.
    A tie goes to more neighbours, then to the smaller id.

    The result is computed eagerly, for some `rows` pairs at once, and of these for as many listeners as have at most `rows` rows: `heard`
    and `history`, which may be scans of all listeners, are read once for each such block, and once before. Memory does not grow with the
    listeners, but for the result.
    """
    own, limits = similar.filter(within.holds("listener_id")), (fewest, per_artist, limit)
    found = [pl.DataFrame(schema=SCHEMA)]
    for interval in intervals_of(own, "listener_id", rows):
        pairs = own.filter(pl.col("listener_id").is_between(*interval)).collect(engine="streaming")
        sizes = _rows_of_each(pairs, heard, history)
        everyone = sizes["listener_id"]
        for first, end in blocks_of(sizes["_rows"].to_numpy(), rows):
            found.append(_of_block(everyone[first:end].to_frame().lazy(), pairs.lazy(), heard, history, unwanted, *limits))
    return pl.concat(found).lazy()


def _rows_of_each(pairs: pl.DataFrame, heard: pl.LazyFrame, history: pl.LazyFrame) -> pl.DataFrame:
    """listener_id, in order, and how many rows their neighbours' listens and their own history have."""
    neighbours = pairs.lazy().select(listener_id="similar_listener_id").unique()
    listens = heard.join(neighbours, on="listener_id", how="semi").group_by(similar_listener_id="listener_id").agg(_rows=pl.len())
    theirs = pairs.lazy().join(listens, on="similar_listener_id", how="left").select("listener_id", "_rows")
    own = history.join(pairs.lazy(), on="listener_id", how="semi").group_by("listener_id").agg(_rows=pl.len())
    every = pl.concat([theirs, own]).group_by("listener_id").agg(pl.col("_rows").cast(pl.Int64).sum())
    return every.sort("listener_id").collect(engine="streaming")


def _of_block(
    ids: pl.LazyFrame, pairs: pl.LazyFrame, heard: pl.LazyFrame, history: pl.LazyFrame, unwanted: pl.LazyFrame,
    fewest: int, per_artist: int, limit: int,
) -> pl.DataFrame:  # fmt: skip
    theirs = pairs.join(ids, on="listener_id", how="semi")
    each = heard.rename({"listener_id": "similar_listener_id"}).join(theirs, on="similar_listener_id").with_columns(_pair=_PAIR)
    sums = (
        each.filter(pl.col("_pair").is_in(_likely_pairs(each, fewest).implode()))
        .group_by("listener_id", "recording_id")
        .agg(
            pl.col("artist_id").min(), _alike=pl.col("is_alike").sum(), _any=pl.len().cast(pl.Int64),
            _all_listens=pl.col("listen_count").sum(), _shared=pl.col("is_shared").sum().cast(pl.Int64),
            _shared_listens=pl.col("listen_count").filter("is_shared").sum(),
        )
        .with_columns(_many=pl.col("_alike") >= fewest)
        .filter(pl.col("_many") | (pl.col("_shared") > 0))
        .with_columns(
            pl.when("_many").then("_all_listens").otherwise("_shared_listens").alias(_LISTENS),
            pl.when("_many").then("_any").otherwise("_shared").alias(_PEOPLE),
        )
        .join(history.join(ids, on="listener_id", how="semi"), on=["listener_id", "recording_id"], how="anti")
        .join(unwanted, on=["listener_id", "artist_id"], how="anti")
        .collect(engine="streaming")
        .lazy()
    )
    order = [f"-{_LISTENS}", f"-{_PEOPLE}", "recording_id"]
    few = ranked(_likely(sums, limit), ["listener_id", "artist_id"], order=order, rank="_of_artist", limit=per_artist)
    return ranked(few, "listener_id", order=order, rank="missed_rank", limit=limit).select(list(SCHEMA)).collect()


def _likely_pairs(each: pl.LazyFrame, fewest: int) -> pl.Series:
    """Returns the `_pair` of each listener and recording that `fewest` alike neighbours heard, or anybody who shows their plays.

    Nine of ten pairs are neither. To sort one number a row and compare neighbours takes a seventh of the time of grouping all figures.
    """
    pairs, is_alike, is_shared = each.select("_pair", "is_alike", "is_shared").collect(engine="streaming")
    ordered = pl.Series(np.sort(pairs.filter(is_alike).to_numpy()), dtype=pl.Int64)
    return pl.concat([ordered.filter(ordered == ordered.shift(fewest - 1)), pairs.filter(is_shared)]).unique()


def _likely(sums: pl.LazyFrame, limit: int) -> pl.LazyFrame:
    """Drops rows that cannot rank, because recordings of `limit` other artists have more listens."""
    listens = pl.col(_LISTENS)
    best = sums.group_by("listener_id", "artist_id").agg(listens.max()).group_by("listener_id")
    least = best.agg(_least=pl.when(pl.len() >= limit).then(listens.top_k(limit).min()).otherwise(0))
    return sums.join(least, on="listener_id").filter(listens >= pl.col("_least")).drop("_least")

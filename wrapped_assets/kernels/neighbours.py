"""What listeners' neighbours heard and they never did, in blocks of listeners, so that memory has a bound."""

from __future__ import annotations

from types import MappingProxyType

import polars as pl

from wrapped_assets.kernels.ranking import ranked
from wrapped_assets.vocabulary import columns as c

LISTENERS_PER_BLOCK = 250  # with ten neighbours of two thousand recordings each: five million rows
SCHEMA = MappingProxyType({
    column.name: column.dtype
    for column in (c.listener_id, c.missed_rank, c.recording_id, c.artist_id, c.neighbour_listen_count, c.listener_count)
})


def most_missed(
    similar: pl.LazyFrame, heard: pl.LazyFrame, history: pl.LazyFrame, unwanted: pl.LazyFrame, *, per_artist: int, limit: int,
    block: int = LISTENERS_PER_BLOCK,
) -> pl.LazyFrame:  # fmt: skip
    """SCHEMA: what the neighbours of each listener heard and the listener never did, by the neighbours' listens.

    `similar` has pairs of listener_id and similar_listener_id; `heard` what the latter heard: listener_id, recording_id, artist_id,
    listen_count; `history` what the former ever heard: listener_id, recording_id; `unwanted` artists that they do not want:
    listener_id, artist_id. At most `per_artist` of a primary artist. A tie goes to more of the neighbours, then to the smaller id.

    Computed here and not later: `heard` and `history`, which may be scans of everybody's, are read once for each block of listeners.
    """
    pairs = similar.collect()
    everyone = pairs["listener_id"].unique().sort()
    blocks = [everyone.slice(first, block) for first in range(0, max(len(everyone), 1), block)]
    return pl.concat(_of_block(ids.to_frame().lazy(), pairs.lazy(), heard, history, unwanted, per_artist, limit) for ids in blocks).lazy()


def _of_block(
    ids: pl.LazyFrame, pairs: pl.LazyFrame, heard: pl.LazyFrame, history: pl.LazyFrame, unwanted: pl.LazyFrame, per_artist: int, limit: int
) -> pl.DataFrame:  # fmt: skip
    theirs = pairs.join(ids, on="listener_id", how="semi")
    sums = (
        heard.rename({"listener_id": "similar_listener_id"})
        .join(theirs, on="similar_listener_id")
        .group_by("listener_id", "recording_id")
        .agg(pl.col("artist_id").min(), neighbour_listen_count=pl.col("listen_count").sum(), listener_count=pl.len().cast(pl.Int64))
        .join(history.join(ids, on="listener_id", how="semi"), on=["listener_id", "recording_id"], how="anti")
        .join(unwanted, on=["listener_id", "artist_id"], how="anti")
        .collect(engine="streaming")
        .lazy()
    )
    order = ["-neighbour_listen_count", "-listener_count", "recording_id"]
    few = ranked(_likely(sums, limit), ["listener_id", "artist_id"], order=order, rank="_of_artist", limit=per_artist)
    return ranked(few, "listener_id", order=order, rank="missed_rank", limit=limit).select(list(SCHEMA)).collect()


def _likely(sums: pl.LazyFrame, limit: int) -> pl.LazyFrame:
    """The rows with no fewer listens than the best recordings of `limit` artists have: each of these has a place before any other row."""
    listens = pl.col("neighbour_listen_count")
    best = sums.group_by("listener_id", "artist_id").agg(listens.max()).group_by("listener_id")
    least = best.agg(_least=pl.when(pl.len() >= limit).then(listens.top_k(limit).min()).otherwise(0))
    return sums.join(least, on="listener_id").filter(listens >= pl.col("_least")).drop("_least")

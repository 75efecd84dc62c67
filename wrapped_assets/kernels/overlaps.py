"""Measures how alike the members of groups listened, in blocks of members to bound memory."""

from __future__ import annotations

from types import MappingProxyType

import polars as pl

from wrapped_assets.kernels.blocks import blocks_of
from wrapped_assets.kernels.division import divided
from wrapped_assets.kernels.ranking import first_per
from wrapped_assets.vocabulary import columns as c

PAIR = ("group_id", "listener_id", "other_listener_id")
ROWS_PER_BLOCK = 2_000_000  # of members' listens, once for each other member: some 200 MB while they are grouped
SCHEMA = MappingProxyType(
    {column.name: column.dtype for column in (c.group_id, c.listener_id, c.other_listener_id, c.overlap_share, c.common_artist_id)}
)


def overlaps(groups: pl.LazyFrame, heard: pl.LazyFrame, *, rows: int = ROWS_PER_BLOCK) -> pl.LazyFrame:
    """Returns each pair of a group's members with listens (SCHEMA), in both orders, and the cosine of their listens per recording.

    `groups` has group_id and listener_id, each pair once; `heard` has one row per listener_id and recording_id: artist_id, and a positive
    listen_count. The common artist is the one whose recordings make most of the cosine; a tie goes to the smaller id.

    The result is computed eagerly, for as many members at once as have at most `rows` rows with all others of their group. Memory does not
    grow with the groups, but for the result. `heard`, which may be a scan of all listeners, is read once for each block, and once before.
    """
    members = _members(groups, heard)
    blocks = blocks_of(members["_rows"].to_numpy(), rows)
    found = [_of_block(members[first:end].lazy(), members.lazy(), heard) for first, end in blocks]
    return pl.concat([pl.DataFrame(schema=SCHEMA), *found]).lazy()


def _members(groups: pl.LazyFrame, heard: pl.LazyFrame) -> pl.DataFrame:
    """group_id and listener_id of members with listens, in order, the square of each one's length, and the rows that their pairs take."""
    # Whole numbers up to the root, so that no sum depends on the rows' order.
    of_listener = heard.group_by("listener_id").agg(_square=(pl.col("listen_count") ** 2).sum(), _heard=pl.len().cast(pl.Int64))
    each = groups.join(of_listener, on="listener_id").filter(pl.len().over("group_id") > 1)
    taken = pl.col("_heard") * (pl.len().over("group_id").cast(pl.Int64) - 1)
    return each.with_columns(_rows=taken).drop("_heard").sort("group_id", "listener_id").collect(engine="streaming")


def _of_block(mine: pl.LazyFrame, members: pl.LazyFrame, heard: pl.LazyFrame) -> pl.DataFrame:
    others = members.join(mine, on="group_id", how="semi")
    other = others.select("group_id", other_listener_id="listener_id", _other_square="_square")
    pairs = mine.drop("_rows").join(other, on="group_id").filter(pl.col("listener_id") != pl.col("other_listener_id")).collect().lazy()
    known = heard.join(others, on="listener_id", how="semi").collect(engine="streaming").lazy()
    theirs = known.select(other_listener_id="listener_id", recording_id="recording_id", _other="listen_count")
    common = pairs.join(known, on="listener_id").join(theirs, on=["other_listener_id", "recording_id"])
    by_artist = common.group_by(*PAIR, "artist_id").agg(_common=(pl.col("listen_count") * pl.col("_other")).sum())
    by_artist = by_artist.collect(engine="streaming").lazy()
    artist = first_per(by_artist, PAIR, order=["-_common", "artist_id"]).select(*PAIR, common_artist_id="artist_id")
    both = pairs.join(by_artist.group_by(PAIR).agg(pl.col("_common").sum()), on=PAIR, how="left")
    lengths = pl.col("_square").cast(pl.Float64).sqrt() * pl.col("_other_square").cast(pl.Float64).sqrt()
    share = divided(pl.col("_common").fill_null(0), lengths).round(9)
    return both.with_columns(overlap_share=share).join(artist, on=PAIR, how="left").select(list(SCHEMA)).collect()

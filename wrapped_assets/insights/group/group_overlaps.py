"""Measures how alike each pair of a group's members listened."""

import polars as pl

from wrapped_assets.contracts.declaration import Example
from wrapped_assets.contracts.kinds import group_insight
from wrapped_assets.kernels.division import divided
from wrapped_assets.kernels.ranking import first_per
from wrapped_assets.vocabulary import columns as c


@group_insight(
    chapter="community",
    grain=[c.group_id, c.listener_id, c.other_listener_id],
    columns=[c.overlap_share, c.common_artist_id],
    reads={
        "groups": [c.group_id, c.listener_id],
        "recording_years": [c.listener_id, c.recording_id, c.artist_id, c.listen_count],
    },
    headline="{overlap_share} alike.",
    examples=[
        Example(
            given={
                "ana": "2026-05-01 eple/royksopp*3 night/bo",
                "bo": "2026-05-01 eple/royksopp walk/cy",
                "cy": "2026-05-01 eple/royksopp",
            },
            groups={"home": ["ana", "bo"]},
            expect=[
                {"listener_id": one, "other_listener_id": other, "overlap_share": 0.67082, "common_artist_id": "royksopp"}
                for one, other in (("ana", "bo"), ("bo", "ana"))
            ],
        ),
    ],
)
def group_overlaps(groups: pl.LazyFrame, recording_years: pl.LazyFrame) -> pl.LazyFrame:
    """A pair of consenting members with listens, in both orders, and the cosine of their listens per recording, as `similar_listeners`.

    The common artist is the one whose recordings make most of it; a tie goes to the smaller id.
    """
    heard = recording_years.filter(pl.col("listen_count") > 0).join(groups.select("listener_id").unique(), on="listener_id", how="semi")
    # Whole numbers up to the root, so that no sum depends on the rows' order.
    one = groups.join(heard.group_by("listener_id").agg(_square=(pl.col("listen_count") ** 2).sum()), on="listener_id")
    other = one.rename({"listener_id": "other_listener_id", "_square": "_other_square"})
    pairs = one.join(other, on="group_id").filter(pl.col("listener_id") != pl.col("other_listener_id"))
    theirs = heard.select(other_listener_id="listener_id", recording_id="recording_id", _other="listen_count")
    pair = ["group_id", "listener_id", "other_listener_id"]
    common = pairs.join(heard, on="listener_id").join(theirs, on=["other_listener_id", "recording_id"])
    by_artist = common.group_by(*pair, "artist_id").agg(_common=(pl.col("listen_count") * pl.col("_other")).sum())
    artist = first_per(by_artist, pair, order=["-_common", "artist_id"]).select(*pair, common_artist_id="artist_id")
    both = pairs.join(by_artist.group_by(pair).agg(pl.col("_common").sum()), on=pair, how="left")
    lengths = pl.col("_square").cast(pl.Float64).sqrt() * pl.col("_other_square").cast(pl.Float64).sqrt()
    share = (divided(pl.col("_common").fill_null(0), lengths)).round(9)
    return both.with_columns(overlap_share=share).join(artist, on=pair, how="left")

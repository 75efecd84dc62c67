"""Measures how much music each pair of a group's members shares."""

import polars as pl

from wrapped_assets.contracts.declaration import Example
from wrapped_assets.contracts.kinds import group_insight
from wrapped_assets.kernels.ranking import first_per
from wrapped_assets.vocabulary import columns as c


@group_insight(
    chapter="community",
    grain=[c.group_id, c.listener_id, c.other_listener_id],
    columns=[c.overlap_share, c.common_artist_id],
    reads={
        "groups": [c.group_id, c.listener_id],
        "artist_years": [c.listener_id, c.artist_id, c.listen_count],
    },
    headline="{overlap_share} in common.",
    examples=[
        Example(
            given={
                "ana": "2026-05-01 eple/royksopp*3 night/bo",
                "bo": "2026-05-01 eple/royksopp walk/cy",
                "cy": "2026-05-01 eple/royksopp",
            },
            groups={"home": ["ana", "bo"]},
            expect=[
                {"group_id": "home", "listener_id": one, "other_listener_id": other, "overlap_share": 1 / 3, "common_artist_id": "royksopp"}
                for one, other in (("ana", "bo"), ("bo", "ana"))
            ],
        ),
    ],
)
def group_overlaps(groups: pl.LazyFrame, artist_years: pl.LazyFrame) -> pl.LazyFrame:
    """A pair of consenting members with listens, in both orders, and the weighted Jaccard overlap of their artist shares, 0 to 1.

    An artist with a of the first member's A credited listens and b of the second's B has the shares a ÷ A and b ÷ B. The overlap is
    the sum of the smaller shares over the sum of the larger ones. A tie for the largest smaller share goes to the smaller artist id.
    """
    heard = artist_years.filter(pl.col("listen_count") > 0).join(groups, on="listener_id", how="semi")
    total = heard.group_by("listener_id").agg(_total=pl.col("listen_count").sum())
    one = groups.join(total, on="listener_id")
    other = one.rename({"listener_id": "other_listener_id", "_total": "_other_total"})
    pairs = one.join(other, on="group_id").filter(pl.col("listener_id") != pl.col("other_listener_id"))
    theirs = heard.rename({"listener_id": "other_listener_id", "listen_count": "_other"})
    pair = ["group_id", "listener_id", "other_listener_id"]
    # Sum whole numbers over the common denominator A × B, so that no sum depends on the rows' order.
    common = (
        pairs.join(heard, on="listener_id")
        .join(theirs, on=["other_listener_id", "artist_id"])
        .with_columns(_common=pl.min_horizontal(pl.col("listen_count") * pl.col("_other_total"), pl.col("_other") * pl.col("_total")))
    )
    artist = first_per(common, pair, order=["-_common", "artist_id"]).select(*pair, common_artist_id="artist_id")
    shared = common.group_by(pair).agg(pl.col("_common").sum())
    both = pairs.join(shared, on=pair, how="left").with_columns(pl.col("_common").fill_null(0))
    everything = 2 * pl.col("_total") * pl.col("_other_total") - pl.col("_common")
    return both.with_columns(overlap_share=pl.col("_common") / everything).join(artist, on=pair, how="left")

"""Measures how alike each pair of a group's members listened."""

import polars as pl

from wrapped_assets.contracts.declaration import Example
from wrapped_assets.contracts.kinds import group_insight
from wrapped_assets.kernels.overlaps import overlaps
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
    return overlaps(groups, heard)

"""Whose listening a listener's recommendations are drawn from."""

import polars as pl

from wrapped_assets.contracts.declaration import Example
from wrapped_assets.contracts.kinds import population
from wrapped_assets.kernels.ranges import Ranges
from wrapped_assets.kernels.similarity import FEWEST_LISTENS, most_alike
from wrapped_assets.vocabulary import columns as c
from wrapped_assets.vocabulary.sharing import MOST_SHARING_MEMBERS, SHARING_MEMBERS

PLACES = 10


@population(
    grain=[c.listener_id, c.similar_listener_id],
    columns=[c.is_alike, c.is_shared],
    reads={
        "recording_years": [c.listener_id, c.recording_id, c.listen_count],
        "profiles": [c.listener_id, c.is_recommending, c.is_sharing],
        "groups": [c.group_id, c.listener_id],
    },
    minimum_group=1,
    within=c.listener_id,
    freezes=False,
    examples=[
        Example(
            given={"ana": "2026-03-01 eple*50", "bo": "2026-03-01 eple*50", "cy": "2026-03-01 rain", "shy": "2026-03-01 eple*50"},
            people={"ana": {"is_recommending": True, "is_sharing": True}, "bo": {"is_recommending": True}, "cy": {"is_sharing": True}},
            groups={"home": ["ana", "cy", "shy"]},
            expect=[
                {"listener_id": "ana", "similar_listener_id": "bo", "is_alike": True, "is_shared": False},
                {"listener_id": "ana", "similar_listener_id": "cy", "is_alike": False, "is_shared": True},
                {"listener_id": "bo", "similar_listener_id": "ana", "is_alike": True, "is_shared": False},
                {"listener_id": "cy", "similar_listener_id": "ana", "is_alike": False, "is_shared": True},
            ],
        ),
    ],
)  # fmt: skip
def neighbours(recording_years: pl.LazyFrame, profiles: pl.LazyFrame, groups: pl.LazyFrame, within: Ranges) -> pl.LazyFrame:
    """A listener and one of the ten of most like taste, both of whom agreed to recommendations; or two who share plays in a group.

    Like taste as in `listener_similarities`. A group shares from two sharing members up to twenty-five. Read inside, told to nobody.
    No ties but those of likeness: they go to the smaller id.
    """
    heard = recording_years.filter(pl.col("listen_count") > 0).join(profiles.filter("is_recommending"), on="listener_id", how="semi")
    alike = most_alike(heard, PLACES, fewest=FEWEST_LISTENS, within=within)
    sharing = groups.join(profiles.filter("is_sharing"), on="listener_id", how="semi")
    small = sharing.filter(pl.len().over("group_id").is_between(SHARING_MEMBERS, MOST_SHARING_MEMBERS))
    shared = small.filter(within.holds("listener_id")).join(small.rename({"listener_id": "similar_listener_id"}), on="group_id")
    pairs = pl.concat([
        alike.select("listener_id", "similar_listener_id", is_alike=True, is_shared=False),
        shared.filter(pl.col("listener_id") != pl.col("similar_listener_id"))
        .select("listener_id", "similar_listener_id", is_alike=False, is_shared=True),
    ])  # fmt: skip
    return pairs.group_by("listener_id", "similar_listener_id").agg(pl.col("is_alike").any(), pl.col("is_shared").any())

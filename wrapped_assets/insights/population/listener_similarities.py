"""Finds the most similar listeners among those who agreed to be found."""

import polars as pl

from wrapped_assets.contracts.declaration import Example
from wrapped_assets.contracts.kinds import population
from wrapped_assets.kernels.ranges import Ranges
from wrapped_assets.kernels.similarity import FEWEST_LISTENS, most_alike
from wrapped_assets.vocabulary import columns as c

PLACES = 25


@population(
    grain=[c.listener_id, c.similar_rank],
    columns=[c.similar_listener_id, c.similarity_share],
    reads={
        "recording_years": [c.listener_id, c.recording_id, c.listen_count],
        "profiles": [c.listener_id, c.is_findable],
    },
    minimum_group=1,
    within=c.listener_id,
    freezes=False,
    examples=[
        Example(
            given={"ana": "2026-03-01 eple*30 walk*40", "bo": "2026-03-01 eple*60 walk*80", "cy": "2026-03-01 eple*40 night*30",
                   "shy": "2026-03-01 eple*30 walk*40", "brief": "2026-03-01 eple*49", "odd": "2026-03-01 rain*50"},
            people={name: {"is_findable": True} for name in ("ana", "bo", "cy", "brief", "odd")},
            expect=[
                {"listener_id": "ana", "similar_rank": 1, "similar_listener_id": "bo", "similarity_share": 1.0},
                {"listener_id": "ana", "similar_rank": 2, "similar_listener_id": "cy", "similarity_share": 0.48},
                {"listener_id": "bo", "similar_rank": 1, "similar_listener_id": "ana", "similarity_share": 1.0},
                {"listener_id": "bo", "similar_rank": 2, "similar_listener_id": "cy", "similarity_share": 0.48},
                {"listener_id": "cy", "similarity_share": 0.48},
                {"listener_id": "cy", "similarity_share": 0.48},
            ],
        ),
    ],
)  # fmt: skip
def listener_similarities(recording_years: pl.LazyFrame, profiles: pl.LazyFrame, within: Ranges) -> pl.LazyFrame:
    """A listener and one of the 25 others with the largest cosine of listens per recording; both agreed to be found.

    Both have 50 listens or more inside the window and a recording in common. A tie, to nine digits, goes to the smaller id. Rows are
    about consenting people, so there is no minimum group. The next build removes whoever withdraws, also after publication.
    """
    heard = recording_years.filter(pl.col("listen_count") > 0).join(profiles.filter("is_findable"), on="listener_id", how="semi")
    return most_alike(heard, PLACES, fewest=FEWEST_LISTENS, within=within)

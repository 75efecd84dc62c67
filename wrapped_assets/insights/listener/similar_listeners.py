"""Lists listeners of similar taste who agreed to be found."""

import polars as pl

from wrapped_assets.contracts.declaration import Example
from wrapped_assets.contracts.kinds import insight
from wrapped_assets.vocabulary import columns as c


@insight(
    chapter="community",
    grain=[c.listener_id, c.similar_rank],
    columns=[c.similar_listener_id, c.similarity_share],
    reads={
        "listening_totals": [c.listener_id],
        "listener_similarities": [c.listener_id, c.similar_rank, c.similar_listener_id, c.similarity_share],
    },
    headline="Your taste has company: the closest to it is {similarity_share} like yours.",
    examples=[
        Example(
            given={"ana": "2026-03-01 eple*30 walk*40", "bo": "2026-03-01 eple*30 rain*40", "shy": "2026-03-01 eple*30 walk*40"},
            people={"ana": {"is_findable": True}, "bo": {"is_findable": True}},
            expect=[
                {"listener_id": "ana", "similar_rank": 1, "similar_listener_id": "bo", "similarity_share": 0.36},
                {"listener_id": "bo", "similar_rank": 1, "similar_listener_id": "ana", "similarity_share": 0.36},
            ],
        ),
    ],
)
def similar_listeners(listening_totals: pl.LazyFrame, listener_similarities: pl.LazyFrame) -> pl.LazyFrame:
    """One of at most 25 listeners of most similar taste; both agreed to be found and have 50 listens or more.

    Similarity is the cosine of their listens per recording. A tie goes to the smaller id.
    """
    return listener_similarities.join(listening_totals, on="listener_id", how="semi")

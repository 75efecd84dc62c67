"""Finds recordings that a listener missed and listeners of similar taste heard."""

import polars as pl

from wrapped_assets.contracts.declaration import Example
from wrapped_assets.contracts.kinds import population
from wrapped_assets.kernels.neighbours import most_missed
from wrapped_assets.vocabulary import columns as c

NEIGHBOURS = 10
PER_ARTIST = 2
PLACES = 50


@population(
    grain=[c.listener_id, c.missed_rank],
    columns=[c.recording_id, c.artist_id, c.neighbour_listen_count, c.listener_count],
    reads={
        "listener_similarities": [c.listener_id, c.similar_rank, c.similar_listener_id],
        "recording_years": [c.listener_id, c.recording_id, c.artist_id, c.listen_count],
        "recording_history": [c.listener_id, c.recording_id],
        "unwanted_music": [c.listener_id, c.exclusion_kind, c.target_id],
    },
    minimum_group=1,
    freezes=False,
    examples=[
        Example(
            given={"ana": "2025-01-01 old, 2026-03-01 eple*50", "bo": "2026-03-01 eple*50 old*9 walk/bo*4 a/cy*3 b/cy*2 d/cy",
                   "cy": "2026-03-01 eple*50 walk/bo*2", "shy": "2026-03-01 eple*50 rain*50"},
            people={name: {"is_findable": True} for name in ("ana", "bo", "cy")},
            expect=[
                {"listener_id": "ana", "missed_rank": 1, "recording_id": "walk", "neighbour_listen_count": 6, "listener_count": 2},
                {"listener_id": "ana", "missed_rank": 2, "recording_id": "a", "neighbour_listen_count": 3, "listener_count": 1},
                {"listener_id": "ana", "missed_rank": 3, "recording_id": "b", "neighbour_listen_count": 2, "listener_count": 1},
                {"listener_id": "cy", "missed_rank": 1, "recording_id": "old", "neighbour_listen_count": 9}, ...,
            ],
        ),
    ],
)  # fmt: skip
def neighbour_recordings(
    listener_similarities: pl.LazyFrame, recording_years: pl.LazyFrame, recording_history: pl.LazyFrame, unwanted_music: pl.LazyFrame
) -> pl.LazyFrame:
    """A recording that a listener never heard but some of the ten listeners of most similar taste did, ranked by their listens.

    At most fifty, two per primary artist, without recordings and artists that the listener excluded; listens outside the window count as
    heard. A tie goes to more of the ten, then to the smaller id. Rows are about consenting people, so there is no minimum group. The
    next build removes whoever withdraws, also after publication.
    """
    similar = listener_similarities.filter(pl.col("similar_rank") <= NEIGHBOURS).select("listener_id", "similar_listener_id")
    heard = recording_years.filter(pl.col("listen_count") > 0)
    songs, artists = (
        unwanted_music.filter(pl.col("exclusion_kind") == kind).select("listener_id", pl.col("target_id").alias(f"{kind}_id")).unique()
        for kind in ("recording", "artist")
    )
    history = pl.concat([recording_history, songs])
    return most_missed(similar, heard, history, artists, per_artist=PER_ARTIST, limit=PLACES)

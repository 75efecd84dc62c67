"""Lists recordings that a listener missed and listeners of similar taste heard."""

import polars as pl

from wrapped_assets.contracts.declaration import Example
from wrapped_assets.contracts.kinds import insight
from wrapped_assets.vocabulary import columns as c


@insight(
    chapter="discovery",
    grain=[c.listener_id, c.missed_rank],
    columns=[c.recording_id, c.neighbour_listen_count, c.listener_count],
    reads={
        "listening_totals": [c.listener_id],
        "neighbour_recordings": [c.listener_id, c.missed_rank, c.recording_id, c.neighbour_listen_count, c.listener_count],
    },
    headline="People of like taste played it, you never did: {recording}.",
    examples=[
        Example(
            given={"ana": "2025-05-01 old, 2026-03-01 eple*50", "bo": "2026-03-01 eple*50 old*9 walk*4 walk~12s night*3"},
            people={"ana": {"is_findable": True}, "bo": {"is_findable": True}},
            expect=[
                {"listener_id": "ana", "missed_rank": 1, "recording_id": "walk", "neighbour_listen_count": 4, "listener_count": 1},
                {"listener_id": "ana", "missed_rank": 2, "recording_id": "night", "neighbour_listen_count": 3, "listener_count": 1},
            ],
        ),
    ],
)
def missed_recordings(listening_totals: pl.LazyFrame, neighbour_recordings: pl.LazyFrame) -> pl.LazyFrame:
    """A recording that the ten listeners of most similar taste heard and the listener never did; at most fifty, two per artist.

    Ranked by listens of the ten, who all agreed to be found. A tie goes to the recording that more of the ten heard, then to the
    smaller id.
    """
    return neighbour_recordings.join(listening_totals, on="listener_id", how="semi")

"""Lists recordings that a listener missed and listeners of similar taste heard."""

import polars as pl

from wrapped_assets.contracts.declaration import Example
from wrapped_assets.contracts.kinds import insight
from wrapped_assets.vocabulary import columns as c


@insight(
    chapter="discovery",
    grain=[c.listener_id, c.missed_rank],
    columns=[c.recording_id],
    reads={
        "listening_totals": [c.listener_id],
        "neighbour_recordings": [c.listener_id, c.missed_rank, c.recording_id],
    },
    headline="People of like taste played it, you never did: {recording}.",
    examples=[
        Example(
            given={"ana": "2025-05-01 old, 2026-03-01 eple*50"}
            | {f"p{n}": "2026-03-01 eple*50 old*9 walk*4 night*3" + " secret*9" * (n > 0) for n in range(5)},
            people={name: {"is_recommending": True} for name in ("ana", "p0", "p1", "p2", "p3", "p4")},
            expect=[
                {"listener_id": "ana", "missed_rank": 1, "recording_id": "walk"},
                {"listener_id": "ana", "missed_rank": 2, "recording_id": "night"},
            ],
        ),
    ],
)  # fmt: skip
def missed_recordings(listening_totals: pl.LazyFrame, neighbour_recordings: pl.LazyFrame) -> pl.LazyFrame:
    """A recording that the ten listeners of most similar taste heard and the listener never did; at most fifty, two per artist.

    At least five of the ten heard it, or a member of the listener's group who agreed to show it. The rows do not say how many or how
    often. Ranked by listens. A tie goes to the recording that more people heard, then to the smaller id.
    """
    return neighbour_recordings.join(listening_totals, on="listener_id", how="semi")

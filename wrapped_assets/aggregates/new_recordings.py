"""Lists the recordings that each listener first heard in a year."""

from __future__ import annotations

import polars as pl

from wrapped_assets.contracts.declaration import declare
from wrapped_assets.kernels.novelty import newly_heard
from wrapped_assets.vocabulary import columns as c


@declare(
    layer="aggregates",
    kind="year_bucket",
    grain=[c.listener_id, c.recording_id],
    columns=[c.artist_id, c.listen_count, c.ms_played, c.first_listened_at, c.first_heard_date],
    reads={
        "recording_years": [
            c.listener_id, c.recording_id, c.artist_id, c.listen_count, c.ms_played, c.first_listened_at, c.first_heard_at,
            c.first_heard_date,
        ],
        "recording_history": ([c.listener_id, c.recording_id], "latest_year_before"),
    },
)  # fmt: skip
def new_recordings(recording_years: pl.LazyFrame, recording_history: pl.LazyFrame) -> pl.LazyFrame:
    """One recording that a listener had never heard before a listen inside the window, and its listens of the year.

    No ties: nothing is ranked.

    Example: `first_heard_date` 2025-03-05, `listen_count` 6: new in March, and heard six times in the year.
    """
    return newly_heard(recording_years, recording_history, ["listener_id", "recording_id"])

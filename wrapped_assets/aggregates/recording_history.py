"""Lists the recordings that each listener has heard up to the end of a year."""

from __future__ import annotations

import polars as pl

from wrapped_assets.contracts.declaration import declare
from wrapped_assets.kernels.grouping import grouped
from wrapped_assets.vocabulary import columns as c


@declare(
    layer="aggregates",
    kind="year_bucket",
    grain=[c.listener_id, c.recording_id],
    columns=[c.first_heard_at],
    reads={
        "recording_years": [c.listener_id, c.recording_id, c.first_heard_at],
        "recording_history": ([c.listener_id, c.recording_id, c.first_heard_at], "latest_year_before"),
    },
)
def recording_history(recording_years: pl.LazyFrame, recording_history: pl.LazyFrame) -> pl.LazyFrame:
    """One recording that a listener has heard by the year's end, with its first time; listens outside windows are included.

    No ties: nothing is ranked.

    Example: `first_heard_at` 2019-06-02 20:00: the recording is not new to the listener in any later year.
    """
    return grouped(pl.concat([recording_history, recording_years]), ["listener_id", "recording_id"], least=["first_heard_at"])

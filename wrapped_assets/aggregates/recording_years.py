"""Counts each listener's listens to each recording in a year."""

from __future__ import annotations

import polars as pl

from wrapped_assets.contracts.declaration import declare
from wrapped_assets.kernels.grouping import grouped
from wrapped_assets.vocabulary import columns as c


@declare(
    layer="aggregates",
    kind="year_bucket",
    grain=[c.listener_id, c.recording_id],
    columns=[c.artist_id, c.listen_count, c.ms_played, c.first_listened_at, c.first_heard_at, c.first_heard_date, c.active_day_count],
    reads={
        "recording_months": [
            c.listener_id, c.recording_id, c.artist_id, c.listen_count, c.ms_played, c.first_listened_at, c.first_heard_at,
            c.first_heard_date, c.active_day_count,
        ],
    },
)  # fmt: skip
def recording_years(recording_months: pl.LazyFrame) -> pl.LazyFrame:
    """One recording of one listener in one year: listens inside the window, and its first time in the whole year.

    No ties: nothing is ranked.

    Example: `listen_count` 30, `active_day_count` 12: thirty listens on twelve days of the year.
    """
    least = ["artist_id", "first_listened_at", "first_heard_at", "first_heard_date"]
    return grouped(recording_months, ["listener_id", "recording_id"], sums=["listen_count", "ms_played", "active_day_count"], least=least)

"""Finds the first listen of a listener's year."""

from datetime import date

import polars as pl

from wrapped_assets.contracts.declaration import Example
from wrapped_assets.contracts.kinds import insight
from wrapped_assets.kernels.ranking import first_per
from wrapped_assets.vocabulary import columns as c


@insight(
    chapter="overview",
    grain=[c.listener_id],
    columns=[c.recording_id, c.listened_at, c.local_date],
    reads={"listener_days": [c.listener_id, c.local_date, c.first_listened_at, c.first_recording_id, c.listen_count]},
    headline="Your year began with {recording}.",
    examples=[
        Example(
            given={"ana": "2026-01-02 night~12s eple so_here, 2026-01-01 walk!"},
            expect=[{"listener_id": "ana", "recording_id": "eple", "listened_at": "2026-01-02T12:04:00Z", "local_date": date(2026, 1, 2)}],
        ),
    ],
)
def first_listen(listener_days: pl.LazyFrame) -> pl.LazyFrame:
    """A listener's first listen inside the window; skips and private plays do not count.

    A tie (two recordings that start at the same instant) goes to the smaller id.
    """
    days = listener_days.filter(pl.col("listen_count") > 0)
    first = first_per(days, "listener_id", order=["first_listened_at", "local_date"])
    return first.with_columns(recording_id="first_recording_id", listened_at="first_listened_at")

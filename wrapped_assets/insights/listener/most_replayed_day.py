"""Finds the recording that a listener replayed most within a day."""

from datetime import date

import polars as pl

from wrapped_assets.contracts.declaration import Example
from wrapped_assets.contracts.kinds import insight
from wrapped_assets.kernels.ranking import first_per
from wrapped_assets.vocabulary import columns as c


@insight(
    chapter="habits",
    grain=[c.listener_id],
    columns=[c.recording_id, c.local_date, c.listen_count],
    reads={
        "recording_months": [
            c.listener_id, c.recording_id, c.best_local_date, c.best_day_listen_count, c.best_day_first_listened_at,
        ]
    },
    headline="On {local_date} you played {recording} {listen_count} times.",
    examples=[
        Example(
            given={"ana": "2026-03-01 eple*2 so_here, 2026-04-02 so_here*2"},
            expect=[{"listener_id": "ana", "recording_id": "eple", "local_date": date(2026, 3, 1), "listen_count": 2}],
        ),
    ],
)  # fmt: skip
def most_replayed_day(recording_months: pl.LazyFrame) -> pl.LazyFrame:
    """The recording that a listener heard most often within one local day.

    A tie goes to the earlier day, then to the recording heard first on it, then to the smaller id.
    """
    # A recording's best day of the year is also the best day of its month, so the months' best days are enough.
    best = recording_months.filter(pl.col("best_day_listen_count") > 0)
    order = ["-best_day_listen_count", "best_local_date", "best_day_first_listened_at", "recording_id"]
    return first_per(best, "listener_id", order=order).with_columns(local_date="best_local_date", listen_count="best_day_listen_count")

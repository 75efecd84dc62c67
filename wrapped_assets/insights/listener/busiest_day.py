"""Finds the day with most music."""

from datetime import date

import polars as pl

from wrapped_assets.contracts.declaration import Example
from wrapped_assets.contracts.kinds import insight
from wrapped_assets.kernels.division import minutes_of
from wrapped_assets.kernels.ranking import first_per
from wrapped_assets.vocabulary import columns as c


@insight(
    chapter="habits",
    grain=[c.listener_id],
    columns=[c.local_date, c.minutes, c.listen_count, c.recording_count, c.top_recording_id],
    reads={"listener_days": [c.listener_id, c.local_date, c.ms_played, c.listen_count, c.recording_count, c.top_recording_id]},
    headline="{local_date} was your biggest day: {minutes} minutes.",
    headline_in_listens="{local_date} was your biggest day: {listen_count} listens.",
    examples=[
        Example(
            given={"ana": "2026-03-01 eple, 2026-03-05 night so_here*2"},
            expect=[
                {
                    "listener_id": "ana", "local_date": date(2026, 3, 5), "minutes": 9.0, "listen_count": 3, "recording_count": 2,
                    "top_recording_id": "so_here",
                }
            ],
        ),
    ],
)  # fmt: skip
def busiest_day(listener_days: pl.LazyFrame) -> pl.LazyFrame:
    """The local day with most time played, and what the listener heard most on it; the day needs at least one listen.

    A tie goes to the day with more listens, then to the earlier one.
    """
    days = listener_days.filter(pl.col("listen_count") > 0)
    return first_per(days, "listener_id", order=["-ms_played", "-listen_count", "local_date"]).with_columns(minutes=minutes_of("ms_played"))

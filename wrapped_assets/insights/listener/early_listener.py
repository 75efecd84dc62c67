"""Finds recordings that a listener heard before they became popular."""

from datetime import date

import polars as pl

from wrapped_assets.contracts.declaration import Example
from wrapped_assets.contracts.kinds import insight
from wrapped_assets.kernels.ranking import ranked
from wrapped_assets.vocabulary import columns as c

PLACES = 50


@insight(
    chapter="community",
    grain=[c.listener_id, c.early_rank],
    columns=[
        c.recording_id, c.first_heard_at, c.first_heard_date, c.passed_date, c.early_day_count, c.cumulative_listen_count, c.listen_count,
    ],
    reads={
        "recording_years": [c.listener_id, c.recording_id, c.listen_count],
        "recording_history": [c.listener_id, c.recording_id, c.first_heard_at],
        "recording_milestones": [c.recording_id, c.cumulative_listen_count, c.passed_date],
    },
    headline="You heard {recording} {early_day_count} days before its thousandth listen.",
    examples=[
        Example(
            given={
                "ana": "2025-03-01 eple, 2026-01-01 eple walk", "bo": "2026-03-02 eple*300 walk*300, 2026-03-05 eple*300 walk*300",
                "cy": "2026-04-01 eple*300 walk*300, 2026-04-03 eple*300 walk*300",
            },
            expect=[
                {"listener_id": "ana", "early_rank": 1, "recording_id": "eple", "passed_date": date(2026, 4, 3), "early_day_count": 398},
                {"listener_id": "ana", "early_rank": 2, "recording_id": "walk", "early_day_count": 93},
                {"listener_id": "bo", "early_rank": 1, "recording_id": "eple", "early_day_count": 32},
                {"listener_id": "bo", "early_rank": 2, "recording_id": "walk", "early_day_count": 32},
                {"listener_id": "cy", "early_rank": 1, "recording_id": "eple", "early_day_count": 2},
                {"listener_id": "cy", "early_rank": 2, "recording_id": "walk", "early_day_count": 2},
            ],
        ),
    ],
)  # fmt: skip
def early_listener(recording_years: pl.LazyFrame, recording_history: pl.LazyFrame, recording_milestones: pl.LazyFrame) -> pl.LazyFrame:
    """A recording of the year that a listener first heard on a day (UTC) before the listens of all listeners reached a thousand.

    At most fifty, ranked by days of lead. A tie goes to more listens, then to the recording heard first, then to the smaller id.
    """
    played = recording_years.filter(pl.col("listen_count") > 0)
    passed = played.join(recording_milestones.drop_nulls("passed_date"), on="recording_id")
    known = passed.join(recording_history, on=["listener_id", "recording_id"])
    first = pl.col("first_heard_at").dt.date()
    early = known.with_columns(first_heard_date=first, early_day_count=(pl.col("passed_date") - first).dt.total_days())
    order = ["-early_day_count", "-listen_count", "first_heard_at", "recording_id"]
    return ranked(early.filter(pl.col("early_day_count") > 0), "listener_id", order=order, rank="early_rank", limit=PLACES)

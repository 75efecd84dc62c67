"""Counts the listens of a listener's top recording by month."""

import polars as pl

from wrapped_assets.contracts.declaration import Example
from wrapped_assets.contracts.kinds import insight
from wrapped_assets.kernels.grids import zero_filled
from wrapped_assets.vocabulary import columns as c
from wrapped_assets.vocabulary.periods import Month, months_between
from wrapped_assets.vocabulary.rules import DeclaredRules


@insight(
    chapter="music",
    grain=[c.listener_id, c.month],
    columns=[c.recording_id, c.listen_count],
    reads={
        "top_recordings": [c.listener_id, c.recording_rank, c.recording_id],
        "recording_months": [c.listener_id, c.recording_id, c.month, c.listen_count],
    },
    rules=["window_start", "window_end"],
    headline="{recording}, month by month.",
    examples=[
        Example(
            given={"ana": "2026-01-01 eple so_here, 2026-03-01 eple*2"},
            expect=[
                {"listener_id": "ana", "month": "2026-01", "recording_id": "eple", "listen_count": 1},
                {"listener_id": "ana", "month": "2026-02", "recording_id": "eple", "listen_count": 0},
                {"listener_id": "ana", "month": "2026-03", "recording_id": "eple", "listen_count": 2},
                ...,
            ],
        ),
    ],
)
def recording_story_months(top_recordings: pl.LazyFrame, recording_months: pl.LazyFrame, rules: DeclaredRules) -> pl.LazyFrame:
    """The listens of a listener's top recording in one month of the window; months without a listen are included.

    A tie for the top recording is broken as in `top_recordings`.
    """
    recording = ["listener_id", "recording_id"]
    top = top_recordings.filter(pl.col("recording_rank") == 1)
    heard = recording_months.join(top, on=recording, how="semi")
    months = pl.Series([str(month) for month in months_between(Month.of(rules.window_start), Month.of(rules.window_end))], dtype=pl.String)
    return zero_filled(heard, recording, {"month": months})

"""Counts a listener's new artists and recordings by month."""

import polars as pl

from wrapped_assets.contracts.declaration import Example
from wrapped_assets.contracts.kinds import insight
from wrapped_assets.kernels.grids import zero_filled
from wrapped_assets.vocabulary import columns as c
from wrapped_assets.vocabulary.periods import Month, months_between
from wrapped_assets.vocabulary.rules import DeclaredRules


@insight(
    chapter="discovery",
    grain=[c.listener_id, c.month],
    columns=[c.new_artist_count, c.new_recording_count, c.is_first_year],
    reads={
        "new_recordings": [c.listener_id, c.first_heard_date], "new_artists": [c.listener_id, c.first_heard_month],
        "discoveries": [c.listener_id, c.is_first_year],
    },
    rules=["window_start", "window_end"],
    headline="Your discoveries, month by month.",
    examples=[
        Example(
            given={"ana": "2026-01-01 eple/royksopp, 2026-03-01 eple/royksopp walk/royksopp"},
            expect=[
                {"month": "2026-01", "new_artist_count": 1, "new_recording_count": 1, "is_first_year": True},
                {"month": "2026-02", "new_artist_count": 0, "new_recording_count": 0},
                {"month": "2026-03", "new_artist_count": 0, "new_recording_count": 1},
                ...,
            ],
        ),
    ],
)  # fmt: skip
def discovery_months(
    new_recordings: pl.LazyFrame, new_artists: pl.LazyFrame, discoveries: pl.LazyFrame, rules: DeclaredRules
) -> pl.LazyFrame:
    """How many artists and recordings a listener first heard in one month of the window.

    In a first year everything is new (`is_first_year`). No ties: nothing is ranked. A listener without new music has no rows.
    """
    grain = ["listener_id", "month"]
    songs = new_recordings.with_columns(month=pl.col("first_heard_date").dt.strftime("%Y-%m"))
    artists = new_artists.rename({"first_heard_month": "month"})
    found = pl.concat(
        [songs.group_by(grain).agg(new_recording_count=pl.len()), artists.group_by(grain).agg(new_artist_count=pl.len())], how="diagonal"
    )
    counts = found.group_by(grain).agg(pl.col("new_recording_count", "new_artist_count").sum())
    months = pl.Series([str(month) for month in months_between(Month.of(rules.window_start), Month.of(rules.window_end))], dtype=pl.String)
    return zero_filled(counts, ["listener_id"], {"month": months}).join(discoveries, on="listener_id")

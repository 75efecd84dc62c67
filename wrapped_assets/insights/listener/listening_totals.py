"""Sums up a listener's year."""

import polars as pl

from wrapped_assets.contracts.declaration import Example
from wrapped_assets.contracts.kinds import insight
from wrapped_assets.kernels.division import divided, minutes_of
from wrapped_assets.vocabulary import columns as c
from wrapped_assets.vocabulary.rules import DeclaredRules


@insight(
    chapter="overview",
    grain=[c.listener_id],
    columns=[
        c.minutes, c.listen_count, c.play_count, c.recording_count, c.artist_count, c.release_group_count, c.active_day_count,
        c.minutes_per_day, c.ms_played,
    ],
    reads={
        "listener_days": [c.listener_id, c.play_count, c.listen_count, c.ms_played],
        "recording_years": [c.listener_id, c.recording_id, c.listen_count],
        "artist_years": [c.listener_id, c.artist_id, c.listen_count],
        "release_group_months": [c.listener_id, c.release_group_id, c.listen_count],
    },
    rules=["window_start", "window_end"],
    headline="You listened for {minutes} minutes.",
    headline_in_listens="You logged {listen_count} listens.",
    examples=[
        Example(
            given={"ana": "2026-03-01 eple so_here~12s, 2026-03-02 eple night!"},
            expect=[{"listener_id": "ana", "minutes": 9.2, "play_count": 4, "listen_count": 2, "recording_count": 1}],
        ),
    ],
)  # fmt: skip
def listening_totals(
    listener_days: pl.LazyFrame, recording_years: pl.LazyFrame, artist_years: pl.LazyFrame, release_group_months: pl.LazyFrame,
    rules: DeclaredRules,
) -> pl.LazyFrame:  # fmt: skip
    """A listener's plays inside the window: time and number of all plays; listens, recordings and artists of the counted ones.

    No ties: nothing is ranked. A listener with only short or private plays has minutes but no listens.
    """
    totals = listener_days.group_by("listener_id").agg(
        pl.col("play_count", "listen_count", "ms_played").sum(), active_day_count=(pl.col("listen_count") > 0).sum()
    )
    for heard, what in ((recording_years, "recording"), (artist_years, "artist"), (release_group_months, "release_group")):
        distinct = (
            heard.filter(pl.col("listen_count") > 0).group_by("listener_id").agg(pl.col(f"{what}_id").n_unique().alias(f"{what}_count"))
        )
        totals = totals.join(distinct, on="listener_id", how="left").with_columns(pl.col(f"{what}_count").fill_null(0))
    minutes = minutes_of("ms_played")
    days = (rules.window_end - rules.window_start).days + 1
    return totals.with_columns(minutes=minutes, minutes_per_day=divided(minutes, days))

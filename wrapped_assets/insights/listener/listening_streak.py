"""Finds the longest run of days with music."""

from datetime import date

import polars as pl

from wrapped_assets.contracts.declaration import Example
from wrapped_assets.contracts.kinds import insight
from wrapped_assets.kernels.ranking import first_per
from wrapped_assets.kernels.runs import day_runs
from wrapped_assets.vocabulary import columns as c
from wrapped_assets.vocabulary.rules import DeclaredRules


@insight(
    chapter="habits",
    grain=[c.listener_id],
    columns=[c.streak_day_count, c.first_local_date, c.last_local_date, c.active_day_count, c.current_streak_day_count],
    reads={"listener_days": [c.listener_id, c.local_date, c.listen_count]},
    rules=["window_end"],
    headline="{streak_day_count} days in a row, from {first_local_date} to {last_local_date}.",
    examples=[
        Example(
            given={"ana": "2026-02-28 eple, 2026-03-01 eple, 2026-03-03 eple, 2026-12-31 eple"},
            expect=[
                {
                    "listener_id": "ana", "streak_day_count": 2, "first_local_date": date(2026, 2, 28),
                    "last_local_date": date(2026, 3, 1), "active_day_count": 4, "current_streak_day_count": 1,
                }
            ],
        ),
    ],
)  # fmt: skip
def listening_streak(listener_days: pl.LazyFrame, rules: DeclaredRules) -> pl.LazyFrame:
    """A listener's longest run of local days with a listen inside the window, and the current run, which ends on the window's last day.

    A tie goes to the earlier run.
    """
    runs = day_runs(listener_days.filter(pl.col("listen_count") > 0), ["listener_id"], "local_date")
    length = pl.col("streak_day_count")
    whole = runs.group_by("listener_id").agg(
        active_day_count=length.sum(), current_streak_day_count=length.filter(pl.col("last_local_date") == rules.window_end).sum()
    )
    return first_per(runs, "listener_id", order=["-streak_day_count", "first_local_date"]).join(whole, on="listener_id")

"""Sums up every day of a listener's year."""

from datetime import date

import polars as pl

from wrapped_assets.contracts.declaration import Example
from wrapped_assets.contracts.kinds import insight
from wrapped_assets.kernels.division import minutes_of
from wrapped_assets.kernels.grids import zero_filled
from wrapped_assets.vocabulary import columns as c
from wrapped_assets.vocabulary.rules import DeclaredRules


@insight(
    chapter="habits",
    grain=[c.listener_id, c.local_date],
    columns=[c.listen_count, c.minutes],
    reads={"listener_days": [c.listener_id, c.local_date, c.listen_count, c.ms_played]},
    rules=["window_start", "window_end"],
    headline="Your year, day by day.",
    examples=[
        Example(
            given={"ana": "2026-01-02 eple so_here~12s"},
            expect=[
                {"listener_id": "ana", "local_date": date(2026, 1, 1), "listen_count": 0, "minutes": 0.0},
                {"listener_id": "ana", "local_date": date(2026, 1, 2), "listen_count": 1, "minutes": 3.2},
                {"listener_id": "ana", "local_date": date(2026, 1, 3), "listen_count": 0, "minutes": 0.0},
                ...,
            ],
        ),
    ],
)
def listening_calendar(listener_days: pl.LazyFrame, rules: DeclaredRules) -> pl.LazyFrame:
    """One local day of a listener's window; days without plays are included, and minutes include private plays.

    No ties: nothing is ranked.
    """
    days = pl.date_range(rules.window_start, rules.window_end, eager=True)
    return zero_filled(listener_days, ["listener_id"], {"local_date": days}).with_columns(minutes=minutes_of("ms_played"))

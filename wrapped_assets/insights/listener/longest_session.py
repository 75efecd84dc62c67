"""Finds the longest listening session of a listener's year."""

import polars as pl

from wrapped_assets.aggregates.sessions import SESSION_GAP
from wrapped_assets.contracts.declaration import Example
from wrapped_assets.contracts.kinds import insight
from wrapped_assets.kernels.division import divided
from wrapped_assets.kernels.ranking import first_per
from wrapped_assets.kernels.runs import joined_intervals
from wrapped_assets.vocabulary import columns as c


@insight(
    chapter="habits",
    grain=[c.listener_id],
    columns=[c.session_started_at, c.session_ended_at, c.session_minutes, c.play_count, c.listen_count],
    reads={"sessions": [c.listener_id, c.session_started_at, c.session_ended_at, c.play_count, c.listen_count]},
    headline="{session_minutes} minutes in one go, {listen_count} listens.",
    examples=[
        Example(
            given={"ana": "2026-01-31 eple@23:57, 2026-02-01 so_here@00:20 night@00:44"},
            expect=[
                {
                    "listener_id": "ana", "session_started_at": "2026-01-31T23:57:00Z", "session_ended_at": "2026-02-01T00:23:00Z",
                    "session_minutes": 26.0, "listen_count": 2,
                }
            ],
        ),
    ],
)  # fmt: skip
def longest_session(sessions: pl.LazyFrame) -> pl.LazyFrame:
    """A listener's session with most time from its first start to its last end; 20 minutes without a play end a session.

    A gap of exactly 20 minutes still belongs to the session. Skips belong to a session, private plays do not, and a session needs a
    listen. A session over New Year is split between both years. A tie goes to the earlier session.
    """
    whole = joined_intervals(
        sessions, "listener_id", "session_started_at", "session_ended_at", SESSION_GAP, sums=["play_count", "listen_count"]
    )
    lasted = divided((pl.col("session_ended_at") - pl.col("session_started_at")).dt.total_milliseconds(), 60_000)
    listened = whole.filter(pl.col("listen_count") > 0).with_columns(session_minutes=lasted)
    return first_per(listened, "listener_id", order=["-session_minutes", "session_started_at"])

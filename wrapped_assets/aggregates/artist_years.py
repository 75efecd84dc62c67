"""Counts each listener's listens to each artist in a year."""

from __future__ import annotations

import polars as pl

from wrapped_assets.contracts.declaration import declare
from wrapped_assets.kernels.grouping import grouped
from wrapped_assets.vocabulary import columns as c


@declare(
    layer="aggregates",
    kind="year_bucket",
    grain=[c.listener_id, c.artist_id],
    columns=[
        c.listen_count, c.ms_played, c.first_listened_at, c.first_heard_at, c.first_heard_date, c.first_heard_month, c.last_heard_date,
    ],
    reads={
        "artist_months": [
            c.listener_id, c.artist_id, c.listen_count, c.ms_played, c.first_listened_at, c.first_heard_at, c.first_heard_date,
            c.last_heard_date,
        ]
    },
)  # fmt: skip
def artist_years(artist_months: pl.LazyFrame) -> pl.LazyFrame:
    """One artist of one listener in one year: credited listens inside the window, and its first and last time in the whole year.

    No ties: nothing is ranked.

    Example: `listen_count` 42, `first_heard_month` 2025-01: 42 listens in the window, the first play of the year in January.
    """
    least = ["first_listened_at", "first_heard_at", "first_heard_date"]
    sums, most = ["listen_count", "ms_played"], ["last_heard_date"]
    figures = grouped(artist_months, ["listener_id", "artist_id"], sums=sums, least=least, most=most)
    return figures.with_columns(first_heard_month=pl.col("first_heard_date").dt.to_string("%Y-%m"))

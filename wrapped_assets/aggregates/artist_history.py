"""Lists the artists that each listener has heard up to the end of a year."""

from __future__ import annotations

import polars as pl

from wrapped_assets.contracts.declaration import declare
from wrapped_assets.kernels.grouping import grouped
from wrapped_assets.vocabulary import columns as c


@declare(
    layer="aggregates",
    kind="year_bucket",
    grain=[c.listener_id, c.artist_id],
    columns=[c.first_heard_at, c.last_heard_date],
    reads={
        "artist_years": [c.listener_id, c.artist_id, c.first_heard_at, c.last_heard_date],
        "artist_history": ([c.listener_id, c.artist_id, c.first_heard_at, c.last_heard_date], "latest_year_before"),
    },
)
def artist_history(artist_years: pl.LazyFrame, artist_history: pl.LazyFrame) -> pl.LazyFrame:
    """One artist that a listener has heard by the year's end, with its first and last time; listens outside windows are included.

    No ties: nothing is ranked.

    Example: `first_heard_at` in 2019, `last_heard_date` 2025-03-05: known since 2019, last heard in March.
    """
    heard = pl.concat([artist_history, artist_years])
    return grouped(heard, ["listener_id", "artist_id"], least=["first_heard_at"], most=["last_heard_date"])

"""Lists the artists that each listener first heard in a year."""

from __future__ import annotations

import polars as pl

from wrapped_assets.contracts.declaration import declare
from wrapped_assets.kernels.novelty import newly_heard
from wrapped_assets.vocabulary import columns as c


@declare(
    layer="aggregates",
    kind="year_bucket",
    grain=[c.listener_id, c.artist_id],
    columns=[c.listen_count, c.first_listened_at, c.first_heard_month],
    reads={
        "artist_years": [c.listener_id, c.artist_id, c.listen_count, c.first_listened_at, c.first_heard_at, c.first_heard_month],
        "artist_history": ([c.listener_id, c.artist_id], "latest_year_before"),
    },
)
def new_artists(artist_years: pl.LazyFrame, artist_history: pl.LazyFrame) -> pl.LazyFrame:
    """One artist that a listener had never heard before a listen inside the window.

    No ties: nothing is ranked.

    Example: `first_heard_month` 2025-03, `listen_count` 12: discovered in March, and heard twelve times since.
    """
    return newly_heard(artist_years, artist_history, ["listener_id", "artist_id"])

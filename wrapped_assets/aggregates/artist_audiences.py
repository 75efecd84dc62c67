"""Lists the listeners of each artist in a year."""

from __future__ import annotations

import polars as pl

from wrapped_assets.contracts.declaration import declare
from wrapped_assets.kernels.ranking import first_per
from wrapped_assets.vocabulary import columns as c


@declare(
    layer="aggregates",
    kind="year_bucket",
    grain=[c.artist_id, c.listener_id],
    columns=[c.listen_count, c.ms_played, c.is_top_artist],
    reads={"artist_years": [c.listener_id, c.artist_id, c.listen_count, c.ms_played, c.first_listened_at]},
)
def artist_audiences(artist_years: pl.LazyFrame) -> pl.LazyFrame:
    """One listener of one artist inside the window, and whether it is the listener's top artist; sorted by artist.

    A tie for the top artist is broken as in `top_artists`.

    Example: `listen_count` 42, `is_top_artist` true: the listener heard the artist 42 times, and no other artist more.
    """
    heard = artist_years.filter(pl.col("listen_count") > 0)
    order = ["-listen_count", "-ms_played", "first_listened_at", "artist_id"]
    top = first_per(heard, "listener_id", order=order).select("listener_id", "artist_id", is_top_artist=pl.lit(value=True))
    return heard.join(top, on=["listener_id", "artist_id"], how="left").with_columns(pl.col("is_top_artist").fill_null(value=False))

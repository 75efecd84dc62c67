"""Measures each listener on the axes of the listening personality."""

from __future__ import annotations

import polars as pl

from wrapped_assets.contracts.declaration import declare
from wrapped_assets.vocabulary import columns as c

FEWEST_LISTENS = 30  # fewer say little about how somebody listens


@declare(
    layer="aggregates",
    kind="year_bucket",
    grain=[c.listener_id, c.axis],
    columns=[c.axis_value],
    reads={
        "recording_years": [c.listener_id, c.recording_id, c.artist_id, c.listen_count],
        "artist_history": ([c.listener_id, c.artist_id], "latest_year_before"),
        "popular_recordings": [c.recording_id],
        "release_years": [c.listener_id, c.listen_count, c.median_release_year],
    },
)
def personality_axes(
    recording_years: pl.LazyFrame, artist_history: pl.LazyFrame, popular_recordings: pl.LazyFrame, release_years: pl.LazyFrame
) -> pl.LazyFrame:
    """One axis of one listener with 30 listens or more; an unknown axis has no row.

    explorer: listens to primary artists never heard before the year, of those with a history; variety: recordings, each in thousandths
    of listens, rounded down; newness: the median release year, from 30 listens whose year is known; mainstream: listens, in
    thousandths, to the recordings that most people heard.

    No ties: nothing is ranked.

    Example: `axis` explorer, `axis_value` 310: 310 listens in a thousand went to artists new to the listener.
    """
    listener = ["listener_id"]
    heard = recording_years.filter(pl.col("listen_count") > 0)
    totals = heard.group_by(listener).agg(_all=pl.col("listen_count").sum(), variety=pl.len().cast(pl.Int64))
    enough = totals.filter(pl.col("_all") >= FEWEST_LISTENS)
    known = heard.join(artist_history, on=["listener_id", "artist_id"], how="semi")
    popular = heard.join(popular_recordings, on="recording_id", how="semi")
    counted = enough
    for part, name in ((known, "_known"), (popular, "mainstream")):
        sums = part.group_by(listener).agg(pl.col("listen_count").sum().alias(name))
        counted = counted.join(sums, on=listener, how="left").with_columns(pl.col(name).fill_null(0))
    since = artist_history.select("listener_id", _has_past=pl.lit(value=True)).unique()
    shares = counted.join(since, on=listener, how="left").with_columns(
        explorer=pl.when("_has_past").then(pl.col("_all") - pl.col("_known"))
    )
    thousandths = [(pl.col(name) * 1000 // pl.col("_all")).alias(name) for name in ("explorer", "variety", "mainstream")]
    dated = release_years.group_by(listener).agg(_dated=pl.col("listen_count").sum(), newness=pl.col("median_release_year").min())
    median = dated.filter(pl.col("_dated") >= FEWEST_LISTENS).select("listener_id", "newness")
    wide = shares.select("listener_id", *thousandths).join(median, on=listener, how="left")
    axes = wide.unpivot(["explorer", "variety", "newness", "mainstream"], index=listener, variable_name="axis", value_name="axis_value")
    return axes.drop_nulls("axis_value")

"""Finds the artists that each listener heard in every month of a year."""

from __future__ import annotations

import polars as pl

from wrapped_assets.contracts.declaration import declare
from wrapped_assets.kernels.grouping import grouped
from wrapped_assets.vocabulary import columns as c
from wrapped_assets.vocabulary.periods import Month, months_between
from wrapped_assets.vocabulary.rules import DeclaredRules


@declare(
    layer="aggregates",
    kind="year_bucket",
    grain=[c.listener_id, c.artist_id],
    columns=[c.loyal_year_count, c.listen_count, c.ms_played, c.first_listened_at],
    reads={
        "artist_months": [c.listener_id, c.artist_id, c.listen_count, c.ms_played, c.first_listened_at],
        "loyal_artists": ([c.listener_id, c.artist_id, c.loyal_year_count], "previous_year"),
    },
    rules=["window_start", "window_end"],
)
def loyal_artists(artist_months: pl.LazyFrame, loyal_artists: pl.LazyFrame, rules: DeclaredRules) -> pl.LazyFrame:
    """One artist that a listener heard in every month of the year's window, and the number of such years in a row.

    Each year has its own edition's window; a month that the window cuts short counts like a full month.

    No ties: nothing is ranked.

    Example: `loyal_year_count` 3: the artist was heard in every month of this year and of the two before.
    """
    months = len(list(months_between(Month.of(rules.window_start), Month.of(rules.window_end))))
    artist = ["listener_id", "artist_id"]
    before = loyal_artists.rename({"loyal_year_count": "_before"})
    heard = artist_months.filter(pl.col("listen_count") > 0)
    return (
        grouped(heard, artist, sums=["listen_count", "ms_played"], least=["first_listened_at"], count="_months")
        .filter(pl.col("_months") == months)
        .join(before, on=artist, how="left")
        .with_columns(loyal_year_count=pl.col("_before").fill_null(0) + 1)
    )

"""Sums shares over spans of five release years."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

YEARS = 5
BILLION = 1_000_000_000
FEWEST_LISTENS = 30  # with a known year, of one whose shares are told of or compared with
BIRTH_YEARS = 5  # that are compared with each other


def birth_bands(profiles: pl.LazyFrame) -> pl.LazyFrame:
    """Returns listener_id and birth_band of the listeners with a known year of birth."""
    return profiles.select("listener_id", birth_band=pl.col("birth_year") // BIRTH_YEARS * BIRTH_YEARS).drop_nulls()


def per_window(rows: pl.LazyFrame, by: Sequence[str], sums: Sequence[str], year: int) -> pl.LazyFrame:
    """Returns `by`, first_release_year and the sums of every span that contains a row's release_year and ends by `year`."""
    starts = [pl.col("release_year") - back for back in range(YEARS)]
    spread = rows.with_columns(first_release_year=pl.concat_list(starts)).explode("first_release_year", empty_as_null=True)
    return spread.filter(pl.col("first_release_year") <= year - YEARS + 1).group_by(*by, "first_release_year").agg(pl.col(sums).sum())


def shares_of_years(release_years: pl.LazyFrame, year: int) -> pl.LazyFrame:
    """Returns the rows of listeners with FEWEST_LISTENS or more up to `year`, with `_known` (those listens) and the row's `share_sum`.

    Shares are whole billionths, rounded down, so that sums do not depend on the order.
    """
    dated = release_years.filter(pl.col("release_year") <= year)
    of_many = dated.with_columns(_known=pl.col("listen_count").sum().over("listener_id")).filter(pl.col("_known") >= FEWEST_LISTENS)
    return of_many.with_columns(share_sum=pl.col("listen_count") * BILLION // pl.col("_known"))

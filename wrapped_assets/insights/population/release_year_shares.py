"""Measures how listens spread over release years, overall and per age group."""

import polars as pl

from wrapped_assets.contracts.declaration import Example
from wrapped_assets.contracts.kinds import MINIMUM_LISTENERS, population
from wrapped_assets.kernels.blocks import by_intervals
from wrapped_assets.kernels.release_windows import birth_bands, shares_of_years
from wrapped_assets.vocabulary import columns as c


@population(
    grain=[c.birth_band, c.release_year],
    columns=[c.share_sum, c.listener_count],
    reads={
        "release_years": [c.listener_id, c.release_year, c.listen_count],
        "profiles": [c.listener_id, c.birth_year],
    },
    minimum_group=MINIMUM_LISTENERS,
    examples=[
        Example(
            given={f"one {n:02}": "2026-03-01 eple*30" if n else "2026-03-01 eple*30 walk*90" for n in range(21)}
            | {"few": "2026-03-01 eple*29"},
            people={f"one {n:02}": {"birth_year": 1990 + n % 5} for n in range(20)},
            catalogue={
                "known_recordings": [
                    {"recording_name": "eple", "artist_names": ["artist of eple"], "release_year": 2001},
                    {"recording_name": "walk", "artist_names": ["artist of walk"], "release_year": 1969},
                ],
            },
            expect=[
                {"birth_band": 0, "release_year": 1969, "share_sum": 750_000_000, "listener_count": 21},
                {"birth_band": 0, "release_year": 2001, "share_sum": 20_250_000_000, "listener_count": 21},
                {"birth_band": 1990, "release_year": 1969, "share_sum": 750_000_000, "listener_count": 20},
                {"birth_band": 1990, "release_year": 2001, "share_sum": 19_250_000_000, "listener_count": 20},
            ],
        ),
    ],
)  # fmt: skip
def release_year_shares(release_years: pl.LazyFrame, profiles: pl.LazyFrame, year: int) -> pl.LazyFrame:
    """A release year and the sum of listeners' shares of listens to it, over all (band 0) and per five years of birth.

    Summing shares gives each listener the same weight. Only listeners with 30 listens of known year count; a band needs 20 of them.
    No ties: nothing is ranked.
    """
    bands = birth_bands(profiles)

    def of_some(heard: pl.LazyFrame) -> pl.LazyFrame:
        shares = shares_of_years(heard, year).select("listener_id", "release_year", "share_sum")
        by_band = pl.concat([shares.with_columns(birth_band=pl.lit(0, pl.Int64)), shares.join(bands, on="listener_id")])
        people = by_band.group_by("birth_band").agg(listener_count=pl.col("listener_id").n_unique().cast(pl.Int64))
        sums = by_band.group_by("birth_band", "release_year").agg(pl.col("share_sum").sum())
        return pl.concat([sums, people], how="diagonal")

    parts = by_intervals(release_years, "listener_id", of_some)
    people = parts.drop_nulls("listener_count").group_by("birth_band").agg(pl.col("listener_count").sum())
    sums = parts.drop_nulls("share_sum").group_by("birth_band", "release_year").agg(pl.col("share_sum").sum())
    return sums.join(people, on="birth_band")

"""Ranks a listener's top five artists month by month."""

import polars as pl

from wrapped_assets.contracts.declaration import Example
from wrapped_assets.contracts.kinds import insight
from wrapped_assets.kernels.grids import zero_filled
from wrapped_assets.kernels.ranking import ranked
from wrapped_assets.vocabulary import columns as c
from wrapped_assets.vocabulary.periods import Month, months_between
from wrapped_assets.vocabulary.rules import DeclaredRules

RUNNERS = 5


@insight(
    chapter="music",
    grain=[c.listener_id, c.month, c.artist_id],
    columns=[c.listen_count, c.cumulative_listen_count, c.artist_rank, c.is_peak_month],
    reads={
        "artist_years": [c.listener_id, c.artist_id, c.listen_count, c.ms_played, c.first_listened_at],
        "artist_months": [c.listener_id, c.artist_id, c.month, c.listen_count, c.ms_played],
    },
    rules=["window_start", "window_end"],
    headline="Your top five, month by month.",
    examples=[
        Example(
            given={"ana": "2026-01-01 eple/royksopp, 2026-02-01 night/bo*2"},
            expect=[
                {"month": "2026-01", "artist_id": "royksopp", "listen_count": 1, "artist_rank": 1, "is_peak_month": True},
                {"month": "2026-01", "artist_id": "bo", "cumulative_listen_count": 0, "artist_rank": 2, "is_peak_month": False},
                {"month": "2026-02", "artist_id": "bo", "cumulative_listen_count": 2, "artist_rank": 1, "is_peak_month": True},
                {"month": "2026-03", "artist_id": "royksopp", "cumulative_listen_count": 1, "artist_rank": 2},
                ...,
            ],
        ),
    ],
)
def artist_race(artist_years: pl.LazyFrame, artist_months: pl.LazyFrame, rules: DeclaredRules) -> pl.LazyFrame:
    """One of a listener's top five artists in one month of the window; months without a listen are included.

    The five artists are the year's first by listens; the rank is by listens up to the month's end. A tie goes to the artist played longer
    (up to then), then to the one heard first, then to the smaller id. Of months with equal listens the earliest is the peak.
    """
    year = artist_years.filter(pl.col("listen_count") > 0)
    tie = ["first_listened_at", "artist_id"]
    five = ranked(year, "listener_id", order=["-listen_count", "-ms_played", *tie], rank="_place", limit=RUNNERS)
    runners = five.select("listener_id", *tie)
    months = pl.Series([str(month) for month in months_between(Month.of(rules.window_start), Month.of(rules.window_end))], dtype=pl.String)
    run = artist_months.join(runners, on=["listener_id", "artist_id"], how="semi")
    artist = ["listener_id", "artist_id"]
    grid = zero_filled(run, artist, {"month": months}).join(runners, on=artist).sort(*artist, "month")
    so_far = grid.with_columns(
        cumulative_listen_count=pl.col("listen_count").cum_sum().over(artist), _ms=pl.col("ms_played").cum_sum().over(artist),
        is_peak_month=(pl.col("month") == pl.col("month").get(pl.col("listen_count").arg_max()).over(artist)),
    )  # fmt: skip
    return ranked(so_far, ["listener_id", "month"], order=["-cumulative_listen_count", "-_ms", *tie], rank="artist_rank")

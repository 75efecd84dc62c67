"""Finds the longest run of days with one artist."""

from datetime import date

import polars as pl

from wrapped_assets.contracts.declaration import Example
from wrapped_assets.contracts.kinds import insight
from wrapped_assets.kernels.ranking import first_per
from wrapped_assets.kernels.runs import longest_day_runs
from wrapped_assets.vocabulary import columns as c


@insight(
    chapter="habits",
    grain=[c.listener_id],
    columns=[c.artist_id, c.streak_day_count, c.first_local_date, c.last_local_date],
    reads={"artist_months": [c.listener_id, c.artist_id, c.month, c.day_mask, c.listen_count]},
    headline="{streak_day_count} days in a row with {artist}.",
    examples=[
        Example(
            given={"ana": "2026-01-31 eple/royksopp night/bo, 2026-02-01 walk/royksopp, 2026-02-03 night/bo"},
            expect=[
                {
                    "listener_id": "ana", "artist_id": "royksopp", "streak_day_count": 2,
                    "first_local_date": date(2026, 1, 31), "last_local_date": date(2026, 2, 1),
                }
            ],
        ),
    ],
)  # fmt: skip
def artist_streak(artist_months: pl.LazyFrame) -> pl.LazyFrame:
    """The longest run of local days on each of which a listener heard the same artist.

    A tie goes to the earlier run, then to the artist with more listens in the window, then to the smaller id.
    """
    artist = ["listener_id", "artist_id"]
    runs = longest_day_runs(artist_months, artist, "day_mask", "month")
    longest = runs.filter(pl.col("streak_day_count") == pl.col("streak_day_count").max().over("listener_id"))
    listens = artist_months.join(longest, on=artist, how="semi").group_by(artist).agg(pl.col("listen_count").sum())
    return first_per(
        longest.join(listens, on=artist), "listener_id", order=["-streak_day_count", "first_local_date", "-listen_count", "artist_id"]
    )

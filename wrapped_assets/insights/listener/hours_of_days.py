"""Tells what a listener played when on each of their remarkable days."""

import polars as pl

from wrapped_assets.contracts.declaration import Example
from wrapped_assets.contracts.kinds import insight
from wrapped_assets.kernels.ranking import first_per
from wrapped_assets.vocabulary import columns as c


@insight(
    chapter="habits",
    grain=[c.listener_id, c.local_date, c.local_hour],
    columns=[c.listen_count, c.repeat_count, c.artist_id],
    reads={
        "remarkable_days": [c.listener_id, c.local_date],
        "listens": [c.listener_id, c.recording_id, c.artist_credit_id, c.listened_at, c.local_date, c.local_hour],
        "artist_credits": [c.artist_credit_id, c.artist_id],
    },
    headline="Hour by hour, on the days that stood out.",
    examples=[
        Example(
            given={"ana": "2026-03-01 eple/bo@08:10 night/cy@08:20 eple/bo@08:40 eple/bo@21:05"},
            expect=[
                {"local_hour": 8, "local_date": "2026-03-01", "listen_count": 3, "repeat_count": 1, "artist_id": "bo"},
                {"local_hour": 21, "listen_count": 1, "repeat_count": 1, "artist_id": "bo"},
            ],
        ),
    ],
)
def hours_of_days(remarkable_days: pl.LazyFrame, listens: pl.LazyFrame, artist_credits: pl.LazyFrame) -> pl.LazyFrame:
    """One local hour of one remarkable day of a listener, with its listens, its repeats and the artist heard most in it.

    A repeat is a listen of a recording that was heard earlier on that day. Every credited artist gets a listen in full; a tie goes to the
    smaller artist id. Hours without a listen have no row.
    """
    day = ["listener_id", "local_date"]
    heard = listens.join(remarkable_days, on=day, how="semi")
    first = pl.col("listened_at").min().over(*day, "recording_id")
    hours = (
        heard.with_columns(_again=pl.col("listened_at") > first)
        .group_by(*day, "local_hour")
        .agg(listen_count=pl.len().cast(pl.Int64), repeat_count=pl.col("_again").sum().cast(pl.Int64))
    )
    artists = heard.join(artist_credits.unique(), on="artist_credit_id").group_by(*day, "local_hour", "artist_id").agg(_times=pl.len())
    most_heard = first_per(artists, [*day, "local_hour"], order=["-_times", "artist_id"])
    return hours.join(most_heard, on=[*day, "local_hour"])

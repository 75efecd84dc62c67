"""Finds artists that a listener came back to after a long break."""

from datetime import date

import polars as pl

from wrapped_assets.contracts.declaration import Example
from wrapped_assets.contracts.kinds import insight
from wrapped_assets.kernels.ranking import first_per, ranked
from wrapped_assets.vocabulary import columns as c

PLACES = 50
SILENT_DAYS = 365


@insight(
    chapter="discovery",
    grain=[c.listener_id, c.comeback_rank],
    columns=[c.artist_id, c.silence_day_count, c.comeback_date, c.silent_since_date, c.listen_count],
    reads={
        "artist_years": [
            c.listener_id, c.artist_id, c.listen_count, c.ms_played, c.first_listened_at, c.first_heard_date, c.last_heard_date,
        ],
        "artist_months": [c.listener_id, c.artist_id, c.first_listened_at, c.first_heard_at, c.first_heard_date, c.last_heard_date],
        "artist_history": ([c.listener_id, c.artist_id, c.last_heard_date], "latest_year_before"),
    },
    headline="{artist} came back after {silence_day_count} days.",
    examples=[
        Example(
            given={"ana": "2024-05-01 eple/royksopp night/bo, 2025-04-01 night/bo, 2026-06-01 eple/royksopp*2 night/bo"},
            expect=[
                {"comeback_rank": 1, "artist_id": "royksopp", "silence_day_count": 761, "silent_since_date": date(2024, 5, 1)},
                {"comeback_rank": 2, "artist_id": "bo", "silence_day_count": 426, "comeback_date": date(2026, 6, 1), "listen_count": 1},
            ],
        ),
    ],
)  # fmt: skip
def comebacks(artist_years: pl.LazyFrame, artist_months: pl.LazyFrame, artist_history: pl.LazyFrame) -> pl.LazyFrame:
    """One of at most fifty artists heard inside the window after 365 days or more without a listen, the longest breaks first.

    A break is measured from one listen's local day to the next listen's. It counts in the edition whose window contains its end; of two
    breaks in a year the longer one counts. A tie goes to more listens, then longer played, then heard first, then the smaller id.
    """
    artist = ["listener_id", "artist_id"]
    first, last = pl.col("first_heard_date"), pl.col("last_heard_date")
    # Most breaks end with the year's first listen: inside a year only a leap year's first and last day are 365 days apart.
    since_history = artist_years.join(artist_history.select(*artist, _before=last), on=artist, how="left")
    likely = since_history.filter(pl.max_horizontal(first - pl.col("_before"), last - first).dt.total_days() >= SILENT_DAYS)
    known = pl.concat([artist_history.with_columns(first_heard_date=last), artist_months], how="diagonal")
    heard = known.join(likely, on=artist, how="semi").sort(*artist, "first_heard_date")
    goes_on = pl.all_horizontal(pl.col(name) == pl.col(name).shift(1) for name in artist)
    silences = heard.with_columns(silent_since_date=pl.when(goes_on).then(last.shift(1)))
    days = (first - pl.col("silent_since_date")).dt.total_days()
    ended = silences.filter(days >= SILENT_DAYS, pl.col("first_heard_at") == pl.col("first_listened_at"))
    dates = ended.select(*artist, "silent_since_date", comeback_date=first, silence_day_count=days)
    longest = first_per(dates, artist, order=["-silence_day_count", "comeback_date"]).join(likely, on=artist)
    order = ["-silence_day_count", "-listen_count", "-ms_played", "first_listened_at", "artist_id"]
    return ranked(longest, "listener_id", order=order, rank="comeback_rank", limit=PLACES)

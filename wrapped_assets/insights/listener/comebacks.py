"""The artists that a listener came back to after a long silence."""

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
        "artist_months": [
            c.listener_id, c.artist_id, c.listen_count, c.ms_played, c.first_listened_at, c.first_heard_at, c.first_heard_date,
            c.last_heard_date,
        ],
        "artist_history": ([c.listener_id, c.artist_id, c.last_heard_date], "previous_year"),
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
def comebacks(artist_months: pl.LazyFrame, artist_history: pl.LazyFrame) -> pl.LazyFrame:
    """Artists heard inside the window after at least 365 days without a listen, the longest silences first, at most fifty.

    Days are counted from one listen's local day to the next one's; a silence that ended outside the window is another edition's,
    and of two in a year the longer counts. A tie goes to more listens, longer played, heard first, smaller id.
    """
    artist = ["listener_id", "artist_id"]
    before = artist_history.with_columns(first_heard_date="last_heard_date")
    heard = pl.concat([before, artist_months], how="diagonal").sort(*artist, "first_heard_date")
    goes_on = pl.all_horizontal(pl.col(name) == pl.col(name).shift(1) for name in artist)
    silences = heard.with_columns(silent_since_date=pl.when(goes_on).then(pl.col("last_heard_date").shift(1)))
    days = (pl.col("first_heard_date") - pl.col("silent_since_date")).dt.total_days()
    ended = silences.filter(days >= SILENT_DAYS, pl.col("first_heard_at") == pl.col("first_listened_at"))
    longest = first_per(
        ended.select(*artist, "silent_since_date", comeback_date="first_heard_date", silence_day_count=days),
        artist, order=["-silence_day_count", "comeback_date"],
    )  # fmt: skip
    year = artist_months.join(longest, on=artist, how="semi").group_by(artist)
    played = year.agg(pl.col("listen_count", "ms_played").sum(), pl.col("first_listened_at").min())
    order = ["-silence_day_count", "-listen_count", "-ms_played", "first_listened_at", "artist_id"]
    return ranked(longest.join(played, on=artist), "listener_id", order=order, rank="comeback_rank", limit=PLACES)

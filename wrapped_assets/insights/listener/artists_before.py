"""Puts a listener's top artists beside their listens of the year before."""

import polars as pl

from wrapped_assets.contracts.declaration import Example
from wrapped_assets.contracts.kinds import insight
from wrapped_assets.kernels.ranking import ranked
from wrapped_assets.vocabulary import columns as c

PAST = ", 2025-09-09 night/bo*2 walk/di*5 eple/cy"


@insight(
    chapter="music",
    grain=[c.listener_id, c.artist_rank],
    columns=[c.artist_id, c.listen_count, c.before_listen_count, c.before_artist_rank],
    nullable=[c.before_artist_rank],
    reads={
        "top_artists": [c.listener_id, c.artist_rank, c.artist_id, c.listen_count],
        "artist_years": ([c.listener_id, c.artist_id, c.listen_count, c.ms_played, c.first_listened_at], "previous_year"),
        "totals_before": [c.listener_id, c.before_listen_count],
    },
    headline="{artist}: {before_listen_count:listens} the year before.",
    examples=[
        Example(
            given={"ana": f"2025-03-01 eple/cy{PAST}, 2026-03-02 night/bo*4 so_here/eve*3, 2026-09-01 night/bo",
                   "bo": f"2026-03-01 eple/cy, 2026-10-02 night/bo{PAST}"},
            expect=[
                {"listener_id": "ana", "artist_rank": 1, "artist_id": "bo", "listen_count": 5, "before_listen_count": 2,
                 "before_artist_rank": 3},
                {"listener_id": "ana", "artist_rank": 2, "artist_id": "eve", "before_listen_count": 0, "before_artist_rank": None},
            ],
        ),
    ],
)  # fmt: skip
def artists_before(top_artists: pl.LazyFrame, artist_years: pl.LazyFrame, totals_before: pl.LazyFrame) -> pl.LazyFrame:
    """One of a listener's top fifty artists with its listens and its place of the year before, if `totals_before` compares the years.

    An artist not heard then has 0 listens and no place. A tie for a place of the year before goes to the artist played longer, then to
    the one heard first, then to the smaller id.
    """
    order = ["-listen_count", "-ms_played", "first_listened_at", "artist_id"]
    places = ranked(artist_years.filter(pl.col("listen_count") > 0), "listener_id", order=order, rank="before_artist_rank")
    before = places.select("listener_id", "artist_id", "before_artist_rank", before_listen_count="listen_count")
    compared = totals_before.filter(pl.col("before_listen_count").is_not_null()).select("listener_id")
    found = top_artists.join(compared, on="listener_id", how="semi").join(before, on=["listener_id", "artist_id"], how="left")
    return found.with_columns(pl.col("before_listen_count").fill_null(0))

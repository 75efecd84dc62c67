"""Finds the hours of the day at which an artist is played more than usual."""

import polars as pl

from wrapped_assets.contracts.declaration import Example
from wrapped_assets.contracts.kinds import artist_insight
from wrapped_assets.kernels.division import divided
from wrapped_assets.kernels.ranking import ranked
from wrapped_assets.vocabulary import columns as c

PLACES = 10
FEWEST_LISTENS = 20  # that an artist needs in an hour


@artist_insight(
    chapter="habits",
    grain=[c.artist_id, c.moment_rank],
    columns=[c.is_weekend, c.local_hour, c.listen_count, c.listen_share, c.lift],
    reads={
        "artist_totals": [c.artist_id, c.listen_count, c.listener_count],
        "artist_hours": [c.artist_id, c.is_weekend, c.local_hour, c.listen_count],
        "listening_moments": [c.is_weekend, c.local_hour, c.listen_count],
    },
    headline="{artist}'s hour: from {local_hour}:00.",
    examples=[
        Example(
            given={f"fan {n}": "2026-05-01 eple/royksopp@07:00*3 eple/royksopp@20:00 night/bo@20:10*2" for n in range(20)},
            expect=[
                {
                    "artist_id": "royksopp", "moment_rank": 1, "is_weekend": False, "local_hour": 7, "listen_count": 60,
                    "listen_share": 0.75, "lift": 1.5,
                },
                {"artist_id": "bo", "moment_rank": 1, "local_hour": 20, "listen_share": 1.0, "lift": 2.0},
            ],
        ),
    ],
)  # fmt: skip
def artist_moments(artist_totals: pl.LazyFrame, artist_hours: pl.LazyFrame, listening_moments: pl.LazyFrame) -> pl.LazyFrame:
    """One of at most ten hours of work days or weekends with a larger share of the artist's listens than of all listens.

    Hours are ranked by lift, the ratio of the two shares. The artist needs at least 20 listeners, the hour at least 20 of the artist's
    listens. A tie goes to more listens, then to work days, then to the earlier hour.
    """
    hour = ["is_weekend", "local_hour"]
    total = pl.col("listen_count").sum()
    everybody = listening_moments.select(*hour, _listens="listen_count", _all_listens=total)
    heard = artist_hours.group_by("artist_id", *hour).agg(total)
    shares = (
        heard.filter(pl.col("listen_count") >= FEWEST_LISTENS)
        .join(artist_totals.select("artist_id", "listener_count", _all="listen_count"), on="artist_id")
        .join(everybody, on=hour)
        .with_columns(listen_share=divided(pl.col("listen_count"), pl.col("_all")))
        .with_columns(lift=divided(pl.col("listen_share"), divided(pl.col("_listens"), pl.col("_all_listens"))))
    )
    order = ["-lift", "-listen_count", *hour]
    return ranked(shares.filter(pl.col("lift") > 1), "artist_id", order=order, rank="moment_rank", limit=PLACES)

"""Finds the place whose listening is most like a listener's year."""

import polars as pl

from wrapped_assets.contracts.declaration import Example
from wrapped_assets.contracts.kinds import insight
from wrapped_assets.kernels.division import divided
from wrapped_assets.kernels.ranking import first_per
from wrapped_assets.vocabulary import columns as c

TOP_ARTISTS = 10
SHARED = 3
PER_UNIT = 1_000_000  # lifts are summed as whole millionths, so that the sum does not depend on the order


@insight(
    chapter="places",
    grain=[c.listener_id, c.artist_rank],
    columns=[c.artist_id, c.place_name, c.chart_country, c.lift, c.town_lift],
    reads={
        "top_artists": [c.listener_id, c.artist_rank, c.artist_id],
        "place_listens": [
            c.place_name, c.chart_country, c.artist_id, c.listen_count, c.place_listen_count, c.artist_listen_count, c.all_listen_count,
        ],
    },
    headline="Your year sounds like {place_name}.",
    examples=[
        Example(
            given={f"one {n:02}": "2026-03-01 eple/royksopp walk/annie rain/sondre" for n in range(20)}
            | {f"two {n:02}": "2026-03-01 night/bo*3" for n in range(20)}
            | {"ana": "2026-03-01 eple/royksopp walk/annie rain/sondre night/bo"},
            people={
                f"{who} {n:02}": {"country": "NO", "place": place} for who, place in (("one", "Bergen"), ("two", "Oslo")) for n in range(20)
            },
            expect=[
                {"listener_id": "ana", "artist_rank": 1, "artist_id": "royksopp", "place_name": "Bergen", "chart_country": "NO"},
                {"listener_id": "ana", "artist_rank": 2, "artist_id": "annie", "lift": 1.968254, "town_lift": 1.968254},
                {"listener_id": "ana", "artist_rank": 3, "artist_id": "sondre", "place_name": "Bergen"},
                ...,
            ],
        ),
    ],
)  # fmt: skip
def sound_town(top_artists: pl.LazyFrame, place_listens: pl.LazyFrame) -> pl.LazyFrame:
    """The place where at least three of a listener's top ten artists are heard more than elsewhere, and those artists.

    An artist's lift is its share of the place's listens over its share of all listens. The place with the highest mean lift of those
    artists wins; a place needs 20 listeners. A tie goes to more artists, then to the name of the place in Unicode order.
    """
    place = ["listener_id", "place_name", "chart_country"]
    mine = top_artists.filter(pl.col("artist_rank") <= TOP_ARTISTS).join(place_listens, on="artist_id")
    here = divided(pl.col("listen_count"), pl.col("place_listen_count"))
    usual = divided(pl.col("artist_listen_count"), pl.col("all_listen_count"))
    more = mine.with_columns(lift=divided(here, usual)).filter(pl.col("lift") > 1)
    lifted = more.with_columns(_lift=(pl.col("lift") * PER_UNIT).round().cast(pl.Int64))
    towns = lifted.group_by(place).agg(_sum=pl.col("_lift").sum(), _artists=pl.len().cast(pl.Int64)).filter(pl.col("_artists") >= SHARED)
    mean = pl.col("_sum") // pl.col("_artists")
    scored = towns.with_columns(_mean=mean, town_lift=divided(mean, PER_UNIT))
    best = first_per(scored, "listener_id", order=["-_mean", "-_artists", "place_name", "chart_country"])
    return lifted.join(best.select(*place, "town_lift"), on=place)

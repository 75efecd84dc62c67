"""Counts the listens to each artist in each place."""

import polars as pl

from wrapped_assets.contracts.declaration import Example
from wrapped_assets.contracts.kinds import MINIMUM_LISTENERS, population
from wrapped_assets.vocabulary import columns as c


@population(
    grain=[c.place_name, c.chart_country, c.artist_id],
    columns=[c.listen_count, c.place_listen_count, c.artist_listen_count, c.all_listen_count],
    reads={
        "artist_audiences": [c.artist_id, c.listener_id, c.listen_count],
        "profiles": [c.listener_id, c.country, c.place_name],
    },
    minimum_group=MINIMUM_LISTENERS,
    examples=[
        Example(
            given={f"one {n:02}": "2026-03-01 eple/royksopp" + " night/bo" * (n < 2) for n in range(20)} | {"ana": "2026-03-01 night/bo"},
            people={f"one {n:02}": {"country": "PT", "place": "Porto"} for n in range(20)},
            expect=[
                {"place_name": "Porto", "artist_id": "royksopp", "listen_count": 20, "place_listen_count": 22, "artist_listen_count": 20},
                {"place_name": "Porto", "artist_id": "bo", "listen_count": 2, "artist_listen_count": 3, "all_listen_count": 23},
            ],
        ),
    ],
)
def place_listens(artist_audiences: pl.LazyFrame, profiles: pl.LazyFrame) -> pl.LazyFrame:
    """An artist in a place with 20 listeners: the artist's credited listens there, and those of the place, the artist and overall.

    No ties: nothing is ranked.
    """
    place = ["place_name", "chart_country"]
    homes = profiles.drop_nulls("place_name").select("listener_id", "place_name", chart_country=pl.col("country").fill_null(""))
    at_home = artist_audiences.join(homes, on="listener_id")
    places = at_home.group_by(place).agg(place_listen_count=pl.col("listen_count").sum(), listener_count=pl.col("listener_id").n_unique())
    artists = artist_audiences.group_by("artist_id").agg(artist_listen_count=pl.col("listen_count").sum())
    everybody = artist_audiences.select(all_listen_count=pl.col("listen_count").sum())
    counted = at_home.group_by(*place, "artist_id").agg(pl.col("listen_count").sum())
    return counted.join(places, on=place).join(artists, on="artist_id").join(everybody, how="cross")

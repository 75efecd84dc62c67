"""Measures how devoted an artist's listeners are."""

import polars as pl

from wrapped_assets.contracts.declaration import Example
from wrapped_assets.contracts.kinds import MINIMUM_LISTENERS, artist_insight
from wrapped_assets.vocabulary import columns as c


@artist_insight(
    chapter="community",
    grain=[c.artist_id],
    columns=[c.listener_count, c.favourite_count, c.super_listener_count, c.super_listen_share],
    nullable=[c.favourite_count, c.super_listener_count],
    reads={"artist_audiences": [c.artist_id, c.listener_id, c.listen_count, c.is_top_artist]},
    headline="{favourite_count} listeners have {artist} on top.",
    examples=[
        Example(
            given={f"fan {n}": "2026-05-01 eple/royksopp" for n in range(39)} | {"guest": "2026-05-01 eple/royksopp night/bo*2"},
            expect=[
                {
                    "artist_id": "royksopp", "listener_count": 40, "favourite_count": 39, "super_listener_count": 21,
                    "super_listen_share": 0.525,
                },
            ],
        ),
        Example(
            given={f"fan {n}": f"2026-05-01 eple/royksopp*{n * n + 1}" for n in range(20)},
            expect=[{"listener_count": 20, "favourite_count": 20, "super_listener_count": None, "super_listen_share": None}],
        ),
    ],
)  # fmt: skip
def top_listeners(artist_audiences: pl.LazyFrame) -> pl.LazyFrame:
    """How many listeners have the artist as their top artist, and the smallest group that gives more than half of the listens.

    The group's size and its share of listens are stored. A figure about fewer than 20 listeners is null. A tie between listeners
    changes neither size nor share. Nobody is named.
    """
    # Listeners with as many listens stand together, so that memory does not grow with an artist's listeners.
    each, people = pl.col("listen_count"), pl.col("_people")
    levels = artist_audiences.group_by("artist_id", "listen_count").agg(
        _people=pl.len().cast(pl.Int64), _favourites=pl.col("is_top_artist").sum().cast(pl.Int64)
    )
    descending = levels.sort("artist_id", "listen_count", descending=[False, True]).with_columns(_listens=each * people)
    before = pl.col("_listens").cum_sum().over("artist_id") - pl.col("_listens")
    to_half = pl.col("_listens").sum().over("artist_id") - 2 * before  # twice what the listeners before lack to half of the listens
    # A listener counts as long as those before have half at most: the first one, and one more for each that adds up to it.
    is_super = pl.when(to_half >= 0).then(pl.min_horizontal(to_half // (2 * each) + 1, people)).otherwise(0)
    audience = descending.with_columns(_super=is_super).group_by("artist_id").agg(
        listener_count=people.sum(), favourite_count=pl.col("_favourites").sum(), super_listener_count=pl.col("_super").sum(),
        super_listen_share=(each * pl.col("_super")).sum() / pl.col("_listens").sum(),
    )  # fmt: skip
    devoted, favourite = (pl.col(name) >= MINIMUM_LISTENERS for name in ("super_listener_count", "favourite_count"))
    return audience.with_columns(
        pl.when(favourite).then(pl.col("favourite_count")).alias("favourite_count"),
        *(pl.when(devoted).then(pl.col(name)).alias(name) for name in ("super_listener_count", "super_listen_share")),
    )

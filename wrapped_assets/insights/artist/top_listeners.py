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
    listens = pl.col("listen_count")
    descending = artist_audiences.sort("artist_id", "listen_count", descending=[False, True]).with_columns(
        _before=listens.cum_sum().over("artist_id") - listens, _all=listens.sum().over("artist_id")
    )
    is_super = 2 * pl.col("_before") <= pl.col("_all")  # without this one, it would be half at most
    audience = descending.group_by("artist_id").agg(
        listener_count=pl.len().cast(pl.Int64),
        favourite_count=pl.col("is_top_artist").sum().cast(pl.Int64),
        super_listener_count=is_super.sum().cast(pl.Int64),
        super_listen_share=listens.filter(is_super).sum() / listens.sum(),
    )
    devoted, favourite = (pl.col(name) >= MINIMUM_LISTENERS for name in ("super_listener_count", "favourite_count"))
    return audience.with_columns(
        pl.when(favourite).then(pl.col("favourite_count")).alias("favourite_count"),
        *(pl.when(devoted).then(pl.col(name)).alias(name) for name in ("super_listener_count", "super_listen_share")),
    )

"""Ranks a listener among the listeners of their top artists."""

import polars as pl

from wrapped_assets.contracts.declaration import Example
from wrapped_assets.contracts.kinds import insight
from wrapped_assets.kernels.division import divided
from wrapped_assets.kernels.ladders import rank_in
from wrapped_assets.vocabulary import columns as c


@insight(
    chapter="community",
    grain=[c.listener_id, c.artist_rank],
    columns=[
        c.artist_id, c.listen_count, c.fan_rank, c.fan_share, c.minutes_fan_rank, c.minutes_fan_share, c.listener_count,
    ],
    reads={
        "top_artists": [c.listener_id, c.artist_rank, c.artist_id, c.listen_count, c.ms_played],
        "fan_ladder": [c.artist_id, c.listen_count, c.at_least_count],
        "fan_minutes_ladder": [c.artist_id, c.ms_played, c.at_least_count],
    },
    headline="You are number {fan_rank} of {artist}'s {listener_count} listeners.",
    examples=[
        Example(
            given={f"fan {n:03}": "2026-03-01 eple/royksopp" + "*2" * (n < 10) for n in range(99)} | {"ana": "2026-03-01 eple/royksopp*3"},
            expect=[
                {"listener_id": "ana", "artist_id": "royksopp", "fan_rank": 1, "fan_share": 0.01, "listener_count": 100},
                {"listener_id": "fan 007", "fan_rank": 2, "minutes_fan_rank": 2},
                {"listener_id": "fan 042", "fan_rank": 12, "fan_share": 0.12},
                ...,
            ],
        ),
    ],
)  # fmt: skip
def fan_rank(top_artists: pl.LazyFrame, fan_ladder: pl.LazyFrame, fan_minutes_ladder: pl.LazyFrame) -> pl.LazyFrame:
    """A listener's rank among all listeners of one of their top artists, by listens and by time; the artist needs 100 listeners.

    The rank is 1 plus the number of listeners with more, so a tie is a shared rank. Listeners are compared with the population that the
    edition froze; a listener who came later gets a rank and changes nobody else's.
    """
    by_listens = rank_in(top_artists, fan_ladder, "artist_id", "listen_count", "fan_rank", "listener_count")
    by_time = rank_in(by_listens, fan_minutes_ladder, "artist_id", "ms_played", "minutes_fan_rank", "_size")
    people = pl.max_horizontal("listener_count", "_size")
    return by_time.with_columns(
        listener_count=people, fan_share=divided(pl.col("fan_rank"), people), minutes_fan_share=divided(pl.col("minutes_fan_rank"), people)
    )

"""Counts an artist's listeners by month."""

import polars as pl

from wrapped_assets.contracts.declaration import Example
from wrapped_assets.contracts.kinds import artist_insight
from wrapped_assets.vocabulary import columns as c


@artist_insight(
    chapter="habits",
    grain=[c.artist_id, c.month],
    columns=[c.listen_count, c.listener_count],
    reads={"artist_months": [c.artist_id, c.month, c.listen_count]},
    headline="{artist}, month by month.",
    examples=[
        Example(
            given={f"fan {n}": "2026-05-01 eple/royksopp*2" for n in range(20)} | {"late": "2026-06-01 eple/royksopp"},
            expect=[{"artist_id": "royksopp", "month": "2026-05", "listen_count": 40, "listener_count": 20}],
        ),
    ],
)
def audience_months(artist_months: pl.LazyFrame) -> pl.LazyFrame:
    """A local month of an artist's year, over all listeners; a month with fewer than 20 listeners has no row.

    No ties: nothing is ranked.
    """
    heard = artist_months.filter(pl.col("listen_count") > 0).group_by("artist_id", "month")
    return heard.agg(pl.col("listen_count").sum(), listener_count=pl.len().cast(pl.Int64))

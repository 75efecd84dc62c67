"""Sums up an artist's year."""

import polars as pl

from wrapped_assets.contracts.declaration import Example
from wrapped_assets.contracts.kinds import artist_insight
from wrapped_assets.kernels.division import divided
from wrapped_assets.vocabulary import columns as c


@artist_insight(
    chapter="overview",
    grain=[c.artist_id],
    columns=[c.listener_count, c.listen_count, c.hours, c.country_count, c.previous_listener_count, c.previous_listen_count],
    nullable=[c.previous_listener_count, c.previous_listen_count],
    reads={
        "artist_audiences": [c.artist_id, c.listener_id, c.listen_count, c.ms_played],
        "profiles": [c.listener_id, c.country],
        "artist_totals": ([c.artist_id, c.listener_count, c.listen_count], "previous_year"),
    },
    headline="{listener_count} listeners heard {artist} {listen_count} times.",
    examples=[
        Example(
            given={f"fan {n}": "2025-05-01 eple/royksopp, 2026-05-01 eple/royksopp*2 night/bo~12s" for n in range(20)}
            | {f"guest {n}": "2026-05-01 night/bo" for n in range(19)},
            people={"fan 1": {"country": "NO"}, "fan 2": {"country": "NO"}, "fan 3": {"country": "PT"}},
            expect=[
                {
                    "artist_id": "royksopp", "listener_count": 20, "listen_count": 40, "hours": 2.0, "country_count": 2,
                    "previous_listener_count": 20, "previous_listen_count": 20,
                }
            ],
        ),
    ],
)  # fmt: skip
def artist_totals(artist_audiences: pl.LazyFrame, profiles: pl.LazyFrame, artist_totals: pl.LazyFrame) -> pl.LazyFrame:
    """An artist with at least 20 listeners: listens, hours, distinct listeners, and the number of known countries.

    Each credited artist gets the full listen. The previous year's figures are null unless the artist had 20 listeners then, too.
    No ties: nothing is ranked.
    """
    before = artist_totals.select("artist_id", previous_listener_count="listener_count", previous_listen_count="listen_count")
    totals = artist_audiences.join(profiles, on="listener_id", how="left").group_by("artist_id")
    return (
        totals.agg(
            pl.col("listen_count", "ms_played").sum(),
            listener_count=pl.len().cast(pl.Int64),
            country_count=pl.col("country").drop_nulls().n_unique().cast(pl.Int64),
        )
        .with_columns(hours=divided(pl.col("ms_played"), 3_600_000))
        .join(before, on="artist_id", how="left")
    )

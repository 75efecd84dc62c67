"""Ranks a listener's minutes among all listeners."""

import polars as pl

from wrapped_assets.contracts.declaration import Example
from wrapped_assets.contracts.kinds import insight
from wrapped_assets.kernels.division import divided, minutes_of
from wrapped_assets.kernels.ladders import rank_in
from wrapped_assets.vocabulary import columns as c


@insight(
    chapter="community",
    grain=[c.listener_id],
    columns=[
        c.minutes, c.minutes_rank, c.minutes_rank_share, c.listener_count, c.country, c.country_minutes_rank, c.country_listener_count,
    ],
    nullable=[c.country_minutes_rank, c.country_listener_count],
    reads={
        "listening_totals": [c.listener_id, c.ms_played, c.listen_count],
        "profiles": [c.listener_id, c.country],
        "minutes_ladder": [c.chart_country, c.ms_played, c.at_least_count],
    },
    headline="You are number {minutes_rank} of {listener_count} listeners by minutes.",
    examples=[
        Example(
            given={f"one {n:02}": "2026-03-01 eple" + "*2" * (n < 5) for n in range(20)} | {"ana": "2026-03-01 eple*3"},
            people={f"one {n:02}": {"country": "PT"} for n in range(20)},
            expect=[
                {"listener_id": "ana", "minutes": 9.0, "minutes_rank": 1, "listener_count": 21, "country_minutes_rank": None},
                {"listener_id": "one 09", "minutes_rank": 7, "country": "PT", "country_minutes_rank": 6, "country_listener_count": 20},
                ...,
            ],
        ),
    ],
)  # fmt: skip
def minutes_rank(listening_totals: pl.LazyFrame, profiles: pl.LazyFrame, minutes_ladder: pl.LazyFrame) -> pl.LazyFrame:
    """A listener's rank by time played, among all listeners with a listen and among those of their country, if there are 20.

    The rank is 1 plus the number of listeners with more, so a tie is a shared rank. The country's rank is null if the country is unknown
    or has fewer than 20 listeners.
    """
    heard = listening_totals.filter(pl.col("listen_count") > 0).join(profiles, on="listener_id", how="left")
    of_all = heard.with_columns(chart_country=pl.lit(""))
    everybody = rank_in(of_all, minutes_ladder, "chart_country", "ms_played", "minutes_rank", "listener_count")
    at_home = rank_in(
        heard.with_columns(chart_country=pl.col("country")), minutes_ladder, "chart_country", "ms_played", "country_minutes_rank",
        "country_listener_count",
    ).select("listener_id", "country_minutes_rank", "country_listener_count")  # fmt: skip
    return everybody.join(at_home, on="listener_id", how="left").with_columns(
        minutes=minutes_of("ms_played"), minutes_rank_share=divided(pl.col("minutes_rank"), pl.col("listener_count"))
    )

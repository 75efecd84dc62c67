"""Puts a listener's top genres beside those of the year before."""

import polars as pl

from wrapped_assets.contracts.declaration import Example
from wrapped_assets.contracts.kinds import insight
from wrapped_assets.vocabulary import columns as c

GENRES = {"di": "dub", "bo": "jazz", "cy": "pop"}


@insight(
    chapter="music",
    grain=[c.listener_id, c.genre_rank],
    columns=[c.genre_name, c.genre_listens, c.before_genre_listens, c.before_genre_rank],
    nullable=[c.before_genre_rank],
    reads={
        "top_genres": [c.listener_id, c.genre_rank, c.genre_name, c.genre_listens],
        "genres_before": ([c.listener_id, c.genre_rank, c.genre_name, c.genre_listens], "previous_year"),
        "totals_before": [c.listener_id, c.before_listen_count],
    },
    headline="{genre_name}: {before_genre_listens:listens} the year before.",
    examples=[
        Example(
            given={"ana": "2025-03-01 eple/di*2 night/bo, 2026-03-01 eple/di*3 walk/cy*4", "bo": "2026-03-01 eple/di"},
            catalogue={
                "known_artists": [{"artist_name": name, "genre_names": [genre]} for name, genre in GENRES.items()],
                "known_genres": [{"genre_name": genre} for genre in GENRES.values()],
            },
            expect=[
                {"listener_id": "ana", "genre_rank": 1, "genre_name": "pop", "before_genre_listens": None, "before_genre_rank": None},
                {"listener_id": "ana", "genre_rank": 2, "genre_name": "dub", "genre_listens": 3.0, "before_genre_listens": 2.0,
                 "before_genre_rank": 1},
                {"listener_id": "bo", "genre_rank": 1, "genre_name": "dub", "before_genre_listens": None},
            ],
        ),
    ],
)  # fmt: skip
def genres_before(top_genres: pl.LazyFrame, genres_before: pl.LazyFrame, totals_before: pl.LazyFrame) -> pl.LazyFrame:
    """One of a listener's top fifty genres with its listens and its place of the year before, if `totals_before` compares the years.

    A genre that was not among the top fifty then has neither: its listens of that year are not stored. No ties beyond those of
    `top_genres`.
    """
    named = {"genre_listens": "before_genre_listens", "genre_rank": "before_genre_rank"}
    compared = totals_before.filter(pl.col("before_listen_count").is_not_null()).select("listener_id")
    before = genres_before.rename(named).join(compared, on="listener_id", how="semi")
    return top_genres.join(before, on=["listener_id", "genre_name"], how="left")

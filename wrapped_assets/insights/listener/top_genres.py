"""Ranks a listener's genres of the year."""

import polars as pl

from wrapped_assets.contracts.declaration import Example
from wrapped_assets.contracts.kinds import insight
from wrapped_assets.kernels.division import divided
from wrapped_assets.kernels.ranking import ranked
from wrapped_assets.kernels.shares import parts_of, whole
from wrapped_assets.vocabulary import columns as c

PLACES = 50


@insight(
    chapter="music",
    grain=[c.listener_id, c.genre_rank],
    columns=[c.genre_name, c.root_genre_name, c.genre_listens, c.genre_listen_share, c.recording_count, c.genre_known_share],
    reads={
        "recording_years": [c.listener_id, c.recording_id, c.listen_count, c.ms_played, c.first_listened_at],
        "recording_genres": [c.recording_id, c.genre_name, c.genre_share],
        "genres": [c.genre_name, c.root_genre_name],
    },
    headline="Your genre of the year: {genre_name}.",
    examples=[
        Example(
            given={"ana": "2026-03-01 eple/di*3 night/bo walk/cy"},
            catalogue={
                "known_artists": [{"artist_name": "di", "genre_names": ["Dub", "pop"]}, {"artist_name": "bo", "genre_names": ["jazz"]}],
                "known_genres": [{"genre_name": "dub", "parent_genre_name": "pop"}, {"genre_name": "pop"}, {"genre_name": "jazz"}],
            },
            expect=[
                {"genre_rank": 1, "genre_name": "dub", "genre_listen_share": 0.375, "genre_known_share": 0.8},
                {"genre_rank": 2, "genre_name": "pop", "root_genre_name": "pop", "genre_listens": 1.5},
                {"genre_rank": 3, "genre_name": "jazz", "genre_listens": 1.0, "genre_listen_share": 0.25, "recording_count": 1},
            ],
        ),
    ],
)  # fmt: skip
def top_genres(recording_years: pl.LazyFrame, recording_genres: pl.LazyFrame, genres: pl.LazyFrame) -> pl.LazyFrame:
    """One of a listener's top fifty genres by listens; a recording's listens are split evenly over its genres.

    `recording_genres` defines a recording's genres. Shares are of the listens with a known genre, and `genre_known_share` is their share of
    all listens. A tie goes to the genre whose recordings were played longer, then to the one heard first, then to the smaller name.
    """
    heard = recording_years.filter(pl.col("listen_count") > 0).with_columns(_all=pl.col("listen_count").sum().over("listener_id"))
    tagged = heard.join(recording_genres, on="recording_id").with_columns(_parts=parts_of("listen_count", "genre_share"))
    known = heard.join(recording_genres, on="recording_id", how="semi").group_by("listener_id")
    by_genre = tagged.group_by("listener_id", "genre_name").agg(
        pl.col("_parts", "ms_played").sum(), pl.col("first_listened_at").min(), pl.col("_all").first(), recording_count=pl.len()
    )
    order = ["-_parts", "-ms_played", "first_listened_at", "genre_name"]
    return (
        ranked(by_genre, "listener_id", order=order, rank="genre_rank", limit=PLACES)
        .join(known.agg(_known=pl.col("listen_count").sum()), on="listener_id")
        .join(genres, on="genre_name", how="left")
        .with_columns(genre_listens=whole("_parts"), genre_known_share=divided(pl.col("_known"), pl.col("_all")))
        .with_columns(genre_listen_share=divided(pl.col("genre_listens"), pl.col("_known")))
    )

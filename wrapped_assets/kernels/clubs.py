"""Finds the club that each genre leads to."""

from __future__ import annotations

import polars as pl

from wrapped_assets.kernels.genres import DEEPEST
from wrapped_assets.vocabulary.clubs import CLUB_OF_GENRE


def clubs_of(genres: pl.LazyFrame) -> pl.LazyFrame:
    """Returns genre_name and club_name: the genre's own club, or that of its nearest ancestor that has one.

    Genres without such a club are left out. `genres` has genre_name and parent_genre_name, and a row for every parent.
    """
    parents = genres.select(at="genre_name", _parent="parent_genre_name")
    climbing = genres.select("genre_name", at="genre_name", club_name=_club("genre_name"))
    for _ in range(DEEPEST):
        above = climbing.join(parents, on="at", how="left").with_columns(at=pl.col("_parent")).drop("_parent")
        climbing = above.with_columns(club_name=pl.coalesce("club_name", _club("at")))
    return climbing.select("genre_name", "club_name").drop_nulls()


def _club(genre: str) -> pl.Expr:
    return pl.col(genre).replace_strict(CLUB_OF_GENRE, default=None, return_dtype=pl.String)

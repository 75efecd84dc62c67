"""Places the heard genres in the genre tree."""

from __future__ import annotations

import polars as pl

from wrapped_assets.contracts.declaration import declare
from wrapped_assets.kernels.genres import lineage
from wrapped_assets.vocabulary import columns as c


@declare(
    layer="catalogue",
    kind="year_bucket",
    grain=[c.genre_name],
    columns=[c.parent_genre_name, c.root_genre_name],
    reads={
        "recording_genres": [c.genre_name],
        "artist_genres": [c.genre_name],
        "known_genres": [c.genre_name, c.parent_genre_name],
    },
)
def genres(recording_genres: pl.LazyFrame, artist_genres: pl.LazyFrame, known_genres: pl.LazyFrame) -> pl.LazyFrame:
    """One genre that the year's listeners heard, or an ancestor of such a genre.

    A root is its own root and has no parent; without a tree every genre is a root. Every genre of `recording_genres` and of
    `artist_genres` has a row, so that inner joins with it lose nothing.

    No ties: nothing is ranked.

    Example: `genre_name` ambient, `parent_genre_name` electronic, `root_genre_name` electronic.
    """
    return lineage(pl.concat([recording_genres, artist_genres]), known_genres)

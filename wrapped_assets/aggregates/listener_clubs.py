"""Assigns each listener to the club of most of their listens."""

from __future__ import annotations

import polars as pl

from wrapped_assets.contracts.declaration import declare
from wrapped_assets.kernels.clubs import clubs_of
from wrapped_assets.kernels.division import divided
from wrapped_assets.kernels.ranking import first_per
from wrapped_assets.kernels.shares import PARTS, parts_of
from wrapped_assets.vocabulary import columns as c

FEWEST_LISTENS = 30


@declare(
    layer="aggregates",
    kind="year_bucket",
    grain=[c.listener_id],
    columns=[c.club_name, c.club_listen_count, c.club_value, c.club_share, c.genre_known_share],
    reads={
        "recording_years": [c.listener_id, c.recording_id, c.listen_count],
        "recording_genres": [c.recording_id, c.genre_name, c.genre_share],
        "genres": [c.genre_name, c.parent_genre_name],
    },
)
def listener_clubs(recording_years: pl.LazyFrame, recording_genres: pl.LazyFrame, genres: pl.LazyFrame) -> pl.LazyFrame:
    """A listener with 30 listens or more of known genre, and the club that most of these listens lead to.

    A recording's listens are split evenly over its genres; the shares are of all listens. A tie goes to the club's name in Unicode order.

    Example: `club_listen_count` 80, `club_share` 0.4, `genre_known_share` 0.9: two fifths of all listens lead to the club.
    """
    heard = recording_years.filter(pl.col("listen_count") > 0)
    totals = heard.group_by("listener_id").agg(_all=pl.col("listen_count").sum())
    tagged = heard.join(recording_genres, on="recording_id", how="semi").group_by("listener_id").agg(_known=pl.col("listen_count").sum())
    # A listen's parts are added up by recording and club, and clubs are numbered, before both meet the many rows of listeners.
    clubs = clubs_of(genres)
    numbers = clubs.select(pl.col("club_name").unique().sort()).with_row_index("_club")
    one_listen = recording_genres.with_columns(_one=pl.lit(1, pl.Int64)).join(clubs.join(numbers, on="club_name"), on="genre_name")
    parts = one_listen.group_by("recording_id", "_club").agg(_parts=parts_of("_one", "genre_share").sum())
    split = heard.join(parts, on="recording_id").with_columns(pl.col("_parts") * pl.col("listen_count"))
    of_clubs = split.group_by("listener_id", "_club").agg(pl.col("_parts").sum())
    return (
        first_per(of_clubs, "listener_id", order=["-_parts", "_club"])
        .join(numbers, on="_club")
        .join(tagged.filter(pl.col("_known") >= FEWEST_LISTENS), on="listener_id")
        .join(totals, on="listener_id")
        .with_columns(club_listen_count=pl.col("_parts") // PARTS, genre_known_share=divided(pl.col("_known"), pl.col("_all")))
        .with_columns(
            club_value=pl.col("club_listen_count") * 10_000 // pl.col("_all"),
            club_share=divided(pl.col("club_listen_count"), pl.col("_all")),
        )
    )

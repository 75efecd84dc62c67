"""Divides a listener's year into spans of similar music."""

import polars as pl

from wrapped_assets.contracts.declaration import Example
from wrapped_assets.contracts.kinds import insight
from wrapped_assets.kernels.segmentation import cut, standing_out
from wrapped_assets.kernels.shares import PARTS, numbered, parts_by_recording, whole
from wrapped_assets.vocabulary import columns as c
from wrapped_assets.vocabulary.periods import months_of

PLACES = 5
_YEAR = "2026-01-05 eple/bo*30, 2026-03-05 eple/bo*30, 2026-07-05 so_here/cy*30"


@insight(
    chapter="music",
    grain=[c.listener_id, c.span_number, c.span_rank],
    columns=[c.first_month, c.last_month, c.genre_name, c.genre_listens, c.artist_id, c.listen_count],
    nullable=[c.listen_count],
    reads={
        "artist_months": [c.listener_id, c.artist_id, c.month, c.listen_count],
        "recording_months": [c.listener_id, c.recording_id, c.month, c.listen_count],
        "recording_genres": [c.recording_id, c.genre_name, c.genre_share],
    },
    headline="Your year had its seasons.",
    examples=[
        Example(
            given={"ana": _YEAR},
            catalogue={"known_artists": [{"artist_name": "bo", "genre_names": ["jazz"]}]},
            expect=[
                {"span_number": 1, "first_month": "2026-01", "last_month": "2026-03", "genre_name": "jazz", "artist_id": "bo"},
                {"span_number": 2, "first_month": "2026-07", "last_month": "2026-07", "genre_name": None, "artist_id": "cy"},
            ],
        ),
    ],
)
def music_evolution(
    artist_months: pl.LazyFrame, recording_months: pl.LazyFrame, recording_genres: pl.LazyFrame, year: int
) -> pl.LazyFrame:  # fmt: skip
    """A rank in one of at most three spans of months that divide the year: the genre and the artist at that rank.

    Of the 67 ways to divide the year the one is chosen whose spans differ most in their mixes of artists and genres, by Jensen–Shannon
    divergence less a penalty (`kernels.segmentation.cut`). Months without listens are in no span. Ranks are by how far a share exceeds its
    share of the year; each credited artist gets the full listen. A tie: more listens, smaller id or name; fewer cuts, then earlier ones.
    """
    heard = pl.col("listen_count") > 0
    artists = artist_months.filter(heard).select("listener_id", "month", kind="artist_id", amount="listen_count")
    numbers = numbered(recording_genres, "genre_name")
    songs = recording_months.filter(heard).join(parts_by_recording(recording_genres, numbers), on="recording_id")
    genres = songs.group_by("listener_id", "month", kind="_number").agg(amount=(pl.col("_parts") * pl.col("listen_count")).sum()).cache()
    spans = cut([(artists, 1), (genres, PARTS)], "listener_id", [str(month) for month in months_of(year)])
    months = artists.join(spans, on=["listener_id", "month"]).group_by("listener_id", "span_number")
    named_artists = standing_out(artists, spans, "listener_id", 1, PLACES).rename({"kind": "artist_id", "amount": "listen_count"})
    known_genres = standing_out(genres, spans, "listener_id", PARTS, PLACES).join(numbers, left_on="kind", right_on="_number").drop("kind")
    return (
        named_artists.join(known_genres, on=["listener_id", "span_number", "span_rank"], how="full", coalesce=True)
        .join(months.agg(first_month=pl.col("month").min(), last_month=pl.col("month").max()), on=["listener_id", "span_number"])
        .with_columns(genre_listens=whole("amount"))
    )

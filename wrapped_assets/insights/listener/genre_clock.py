"""Counts a listener's top genres by part of the day."""

from types import MappingProxyType

import polars as pl

from wrapped_assets.contracts.declaration import Example
from wrapped_assets.contracts.kinds import insight
from wrapped_assets.kernels.grids import zero_filled
from wrapped_assets.kernels.shares import numbered, parts_by_recording, whole
from wrapped_assets.vocabulary import columns as c

GENRES = 10
BEGINS = MappingProxyType({"morning": 5, "afternoon": 12, "evening": 17, "night": 22})  # local hours; night lasts until morning begins


@insight(
    chapter="music",
    grain=[c.listener_id, c.genre_rank, c.day_part],
    columns=[c.genre_name, c.genre_listens, c.genre_known_share],
    reads={
        "listens": [c.listener_id, c.recording_id, c.local_hour],
        "recording_genres": [c.recording_id, c.genre_name, c.genre_share],
        "top_genres": [c.listener_id, c.genre_rank, c.genre_name, c.genre_known_share],
    },
    headline="Genres have their hours.",
    examples=[
        Example(
            given={"ana": "2026-03-01 home/bo@21:59 eple/bo@22:00*2 walk/bo@04:59 night/cy@05:00"},
            catalogue={"known_artists": [{"artist_name": "bo", "genre_names": ["jazz", "folk"]}]},
            expect=[
                {"genre_rank": 1, "genre_name": "folk", "day_part": "afternoon", "genre_listens": 0.0, "genre_known_share": 0.8},
                {"genre_rank": 1, "genre_name": "folk", "day_part": "evening", "genre_listens": 0.5},
                {"genre_rank": 1, "genre_name": "folk", "day_part": "morning", "genre_listens": 0.0},
                {"genre_rank": 1, "genre_name": "folk", "day_part": "night", "genre_listens": 1.5},
                ...,
            ],
        ),
    ],
)
def genre_clock(listens: pl.LazyFrame, recording_genres: pl.LazyFrame, top_genres: pl.LazyFrame) -> pl.LazyFrame:
    """The listens to one of a listener's top ten genres in one part of the local day; parts without listens are included.

    Night is from 22 to 5 o'clock, morning until 12, afternoon until 17, evening until 22. Listens are split over genres as in
    `top_genres`; ranks, tie rules and coverage are also the same.
    """
    hour = pl.col("local_hour")
    part = pl.sum_horizontal((hour >= begins).cast(pl.Int8) for begins in BEGINS.values()) % len(BEGINS)  # 0: before 5, and from 22 on
    first = top_genres.filter(pl.col("genre_rank") <= GENRES)
    numbers = numbered(first, "genre_name")
    genres = parts_by_recording(recording_genres, numbers)
    tagged = listens.select("listener_id", "recording_id", _part=part).join(genres, on="recording_id")
    ranks = first.join(numbers, on="genre_name").select("listener_id", "genre_rank", "_number")
    # Sum before joining the ranks, which Polars would join with all recordings.
    sums = tagged.group_by("listener_id", "_number", "_part").agg(pl.col("_parts").sum()).join(ranks, on=["listener_id", "_number"])
    names = dict(enumerate(["night", *BEGINS][: len(BEGINS)]))
    by_part = sums.select("listener_id", "genre_rank", "_parts", day_part=pl.col("_part").replace_strict(names, return_dtype=pl.String))
    grid = zero_filled(by_part, ["listener_id", "genre_rank"], {"day_part": pl.Series([*BEGINS], dtype=pl.String)})
    return grid.join(first, on=["listener_id", "genre_rank"]).with_columns(genre_listens=whole("_parts"))

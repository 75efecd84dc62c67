"""Each span of the year, as music_evolution cuts it, as a playlist."""

import polars as pl

from wrapped_assets.contracts.declaration import Example
from wrapped_assets.contracts.kinds import playlist
from wrapped_assets.kernels.grouping import grouped
from wrapped_assets.kernels.ranking import ranked
from wrapped_assets.vocabulary import columns as c

PLACES = 30
_SPAN = ("listener_id", "span_number")


@playlist(
    title="Part {span_number} of your {year}",
    grain=[c.listener_id, c.span_number, c.playlist_position],
    columns=[c.recording_id, c.listen_count, c.playlist_score],
    reads={
        "music_evolution": [c.listener_id, c.span_number, c.first_month, c.last_month],
        "recording_months": [c.listener_id, c.recording_id, c.month, c.listen_count, c.ms_played, c.first_listened_at],
    },
    examples=[
        Example(
            given={"ana": "2026-01-05 eple/bo*20 walk/bo*9, 2026-02-05 eple/bo walk/bo*15, 2026-07-05 so_here/cy*30"},
            expect=[
                {"span_number": 1, "playlist_position": 1, "recording_id": "walk", "listen_count": 24, "playlist_score": 24.0},
                {"span_number": 1, "playlist_position": 2, "recording_id": "eple", "listen_count": 21},
                {"span_number": 2, "playlist_position": 1, "recording_id": "so_here", "listen_count": 30},
            ],
        ),
    ],
)
def chapters(music_evolution: pl.LazyFrame, recording_months: pl.LazyFrame) -> pl.LazyFrame:
    """A listener's thirty recordings of one span of the insight `music_evolution` by listens in it, which are the score.

    A tie goes to the one played longer, then to the one heard first, then to the smaller id.
    """
    heard = recording_months.filter(pl.col("listen_count") > 0)
    every = music_evolution.unique().join(heard.select(pl.col("month").unique()), how="cross")
    spans = every.filter(pl.col("month").is_between("first_month", "last_month")).select(*_SPAN, "month")
    in_span = heard.join(spans, on=["listener_id", "month"])
    ids = ["listener_id", "recording_id", "span_number"]
    songs = grouped(in_span, ids, sums=["listen_count", "ms_played"], least=["first_listened_at"])
    order = ["-listen_count", "-ms_played", "first_listened_at", "recording_id"]
    scored = songs.with_columns(playlist_score=pl.col("listen_count").cast(pl.Float64))
    return ranked(scored, _SPAN, order=order, rank="playlist_position", limit=PLACES)

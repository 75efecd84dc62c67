"""Each month as a playlist."""

import polars as pl

from wrapped_assets.contracts.declaration import Example
from wrapped_assets.contracts.kinds import playlist
from wrapped_assets.kernels.ranking import ranked
from wrapped_assets.vocabulary import columns as c

PLACES = 30


@playlist(
    title="Your top of {month}",
    grain=[c.listener_id, c.month, c.playlist_position],
    columns=[c.recording_id, c.listen_count, c.playlist_score],
    reads={"recording_months": [c.listener_id, c.recording_id, c.month, c.listen_count, c.ms_played, c.first_listened_at]},
    examples=[
        Example(
            given={"ana": "2026-03-01 eple so_here*2, 2026-04-01 eple"},
            expect=[
                {"month": "2026-03", "playlist_position": 1, "recording_id": "so_here", "listen_count": 2},
                {"month": "2026-03", "playlist_position": 2, "recording_id": "eple", "listen_count": 1},
                {"month": "2026-04", "playlist_position": 1, "recording_id": "eple", "listen_count": 1},
            ],
        ),
    ],
)
def top_of_the_month(recording_months: pl.LazyFrame) -> pl.LazyFrame:
    """A listener's thirty recordings of one local month by listens, which are the score.

    A tie goes to the one played longer, then to the one heard first, then to the smaller id.
    """
    heard = recording_months.filter(pl.col("listen_count") > 0).with_columns(playlist_score=pl.col("listen_count").cast(pl.Float64))
    order = ["-listen_count", "-ms_played", "first_listened_at", "recording_id"]
    return ranked(heard, ["listener_id", "month"], order=order, rank="playlist_position", limit=PLACES)

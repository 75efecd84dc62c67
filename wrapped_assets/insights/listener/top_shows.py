"""Ranks a listener's podcasts and audiobooks of the year."""

import polars as pl

from wrapped_assets.contracts.declaration import Example
from wrapped_assets.contracts.kinds import insight
from wrapped_assets.kernels.division import minutes_of
from wrapped_assets.kernels.ranking import ranked
from wrapped_assets.vocabulary import columns as c

PLACES = 50
HEARD_MS = 60_000
EPISODES, DAYS = 2, 2


@insight(
    chapter="shows",
    grain=[c.listener_id, c.show_rank],
    columns=[c.show_id, c.media, c.minutes, c.episode_count, c.show_day_count],
    reads={
        "show_days": [c.listener_id, c.show_id, c.recording_id, c.local_date, c.media, c.ms_played, c.first_played_at],
    },
    headline="{show} kept you for {minutes} minutes.",
    examples=[
        Example(
            given={
                "ana": "2026-03-01 one/science&podcast two/science&podcast*2, 2026-03-02 one/science&podcast~30s three/science&podcast~60s,"
                " 2026-04-01 chapter_1/odyssey&audiobook, 2026-04-02 chapter_2/odyssey&audiobook one/news&podcast*9"
            },
            expect=[
                {"show_rank": 1, "show_id": "science", "media": "podcast", "minutes": 10.5, "episode_count": 3, "show_day_count": 2},
                {"show_rank": 2, "show_id": "odyssey", "media": "audiobook", "minutes": 6.0, "episode_count": 2, "show_day_count": 2},
            ],
        ),
    ],
)
def top_shows(show_days: pl.LazyFrame) -> pl.LazyFrame:
    """One of a listener's top fifty podcasts and audiobooks by minutes; music is never included.

    A show needs two episodes and two local days, counting only episodes played for 60 seconds or more on one day. Its minutes include
    all plays. A tie goes to more episodes, then to the show played first, then to the smaller id, then to the audiobook.
    """
    heard = pl.col("ms_played") >= HEARD_MS
    shows = show_days.group_by("listener_id", "show_id", "media").agg(
        pl.col("ms_played").sum(),
        pl.col("first_played_at").min(),
        episode_count=pl.col("recording_id").filter(heard).n_unique(),
        show_day_count=pl.col("local_date").filter(heard).n_unique(),
    )
    followed = shows.filter(pl.col("episode_count") >= EPISODES, pl.col("show_day_count") >= DAYS)
    order = ["-ms_played", "-episode_count", "first_played_at", "show_id", "media"]
    return ranked(followed.with_columns(minutes=minutes_of("ms_played")), "listener_id", order=order, rank="show_rank", limit=PLACES)

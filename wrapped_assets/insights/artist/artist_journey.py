"""Measures how an artist's top recording of the year spread."""

from datetime import date

import polars as pl

from wrapped_assets.contracts.declaration import Example
from wrapped_assets.contracts.kinds import artist_insight
from wrapped_assets.kernels.ranking import first_per
from wrapped_assets.vocabulary import columns as c


@artist_insight(
    chapter="music",
    grain=[c.artist_id],
    columns=[c.recording_id, c.listen_count, c.listener_count, c.country_count, c.busiest_local_date, c.busiest_day_listen_count],
    reads={
        "artist_recordings": [c.artist_id, c.artist_recording_rank, c.recording_id, c.listen_count, c.listener_count],
        "recording_days": [c.artist_id, c.recording_id, c.local_date, c.listen_count],
        "recording_years": [c.artist_id, c.listener_id, c.recording_id, c.listen_count],
        "profiles": [c.listener_id, c.country],
    },
    headline="{recording} was heard most on {busiest_local_date}: {busiest_day_listen_count} times.",
    examples=[
        Example(
            given={f"fan {n}": "2026-05-01 eple/royksopp, 2026-05-02 eple/royksopp*2" for n in range(20)},
            people={"fan 1": {"country": "NO"}, "fan 2": {"country": "PT"}},
            expect=[
                {
                    "artist_id": "royksopp", "recording_id": "eple", "listen_count": 60, "country_count": 2,
                    "busiest_local_date": date(2026, 5, 2), "busiest_day_listen_count": 40,
                }
            ],
        ),
    ],
)  # fmt: skip
def artist_journey(
    artist_recordings: pl.LazyFrame, recording_days: pl.LazyFrame, recording_years: pl.LazyFrame, profiles: pl.LazyFrame
) -> pl.LazyFrame:
    """An artist's top recording: its listens, listeners and countries over all listeners, and the local day with most listens.

    A tie for the busiest day goes to the earlier day. A tie for the top recording is broken as in `artist_recordings`.
    """
    recording = ["artist_id", "recording_id"]
    top = artist_recordings.filter(pl.col("artist_recording_rank") == 1).drop("artist_recording_rank")
    days = recording_days.join(top, on=recording, how="semi").group_by(*recording, "local_date").agg(pl.col("listen_count").sum())
    busiest = first_per(days, recording, order=["-listen_count", "local_date"])
    heard = recording_years.filter(pl.col("listen_count") > 0).join(top, on=recording, how="semi")
    countries = heard.join(profiles, on="listener_id", how="left").group_by(recording)
    return top.join(
        countries.agg(country_count=pl.col("country").drop_nulls().n_unique().cast(pl.Int64)), on=recording
    ).join(
        busiest.select(*recording, busiest_local_date="local_date", busiest_day_listen_count="listen_count"), on=recording
    )  # fmt: skip

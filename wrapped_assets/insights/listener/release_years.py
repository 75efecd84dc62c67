"""Counts a listener's listens by release year."""

import polars as pl

from wrapped_assets.contracts.declaration import Example
from wrapped_assets.contracts.kinds import insight
from wrapped_assets.kernels.division import divided
from wrapped_assets.kernels.ranking import first_per
from wrapped_assets.vocabulary import columns as c


@insight(
    chapter="music",
    grain=[c.listener_id, c.release_year],
    columns=[c.listen_count, c.recording_count, c.median_release_year, c.oldest_recording_id, c.release_year_known_share],
    reads={
        "recording_years": [c.listener_id, c.recording_id, c.listen_count, c.ms_played, c.first_listened_at],
        "recordings": [c.recording_id, c.release_year],
    },
    headline="Half of your listens were to music from {median_release_year} or before.",
    examples=[
        Example(
            given={"ana": "2026-03-01 eple*3 walk night/bo*4 so_here"},
            catalogue={
                "known_recordings": [
                    {"recording_name": "eple", "artist_names": ["artist of eple"], "release_year": 2001},
                    {"recording_name": "walk", "artist_names": ["artist of walk"], "release_year": 1969},
                    {"recording_name": "night", "artist_names": ["bo"], "release_year": 2026},
                ],
            },
            expect=[
                {"release_year": 1969, "listen_count": 1, "oldest_recording_id": "walk", "median_release_year": 2001},
                {"release_year": 2001, "listen_count": 3, "recording_count": 1, "release_year_known_share": 0.888889},
                {"release_year": 2026, "listen_count": 4, "median_release_year": 2001},
            ],
        ),
    ],
)
def release_years(recording_years: pl.LazyFrame, recordings: pl.LazyFrame) -> pl.LazyFrame:
    """A listener's listens to recordings of one original release year; years without a listen have no row.

    Every row repeats three figures: the median year (at least half of the listens are of that year or older), the oldest recording, and
    the share of listens with a known year. A tie for the oldest: more listens, longer played, heard first, smaller id.
    """
    heard = recording_years.filter(pl.col("listen_count") > 0)
    dated = heard.join(recordings.drop_nulls("release_year"), on="recording_id")
    totals = heard.group_by("listener_id").agg(_all=pl.col("listen_count").sum())
    years = dated.group_by("listener_id", "release_year").agg(pl.col("listen_count").sum(), recording_count=pl.len())
    known = years.group_by("listener_id").agg(_known=pl.col("listen_count").sum())
    so_far = years.sort("listener_id", "release_year").with_columns(_so_far=pl.col("listen_count").cum_sum().over("listener_id"))
    middle = so_far.join(known, on="listener_id").filter(2 * pl.col("_so_far") >= pl.col("_known"))
    median = middle.group_by("listener_id").agg(median_release_year=pl.col("release_year").min())
    order = ["release_year", "-listen_count", "-ms_played", "first_listened_at", "recording_id"]
    oldest = first_per(dated, "listener_id", order=order).select("listener_id", oldest_recording_id="recording_id")
    for one in (median, oldest, known, totals):
        years = years.join(one, on="listener_id")
    return years.with_columns(release_year_known_share=divided(pl.col("_known"), pl.col("_all")))

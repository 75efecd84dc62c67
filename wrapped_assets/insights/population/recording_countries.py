"""Counts each recording's listeners, per country and overall."""

import polars as pl

from wrapped_assets.contracts.declaration import Example
from wrapped_assets.contracts.kinds import population
from wrapped_assets.vocabulary import columns as c


@population(
    grain=[c.recording_id, c.chart_country],
    columns=[c.listener_count, c.listen_count],
    reads={
        "recording_years": [c.listener_id, c.recording_id, c.listen_count],
        "profiles": [c.listener_id, c.country],
    },
    minimum_group=1,
    by=c.recording_id,
    examples=[
        Example(
            given={"ana": "2026-03-01 eple*2", "bo": "2026-03-02 eple"},
            people={"ana": {"country": "PT"}},
            expect=[
                {"recording_id": "eple", "chart_country": "", "listener_count": 2, "listen_count": 3},
                {"recording_id": "eple", "chart_country": "PT", "listener_count": 1, "listen_count": 2},
            ],
        ),
    ],
)
def recording_countries(recording_years: pl.LazyFrame, profiles: pl.LazyFrame) -> pl.LazyFrame:
    """A recording's listeners and listens in one country, or overall (country is empty).

    No ties: nothing is ranked. Internal use only, so groups of one listener are kept.
    """
    heard = recording_years.group_by("recording_id", "listener_id").agg(pl.col("listen_count").sum()).filter(pl.col("listen_count") > 0)
    sums = {"listener_count": pl.len().cast(pl.Int64), "listen_count": pl.col("listen_count").sum()}
    everywhere = heard.group_by("recording_id").agg(**sums).with_columns(chart_country=pl.lit(""))
    at_home = heard.join(profiles.filter(pl.col("country").is_not_null()), on="listener_id")
    in_country = at_home.group_by("recording_id", chart_country="country").agg(**sums)
    return pl.concat([everywhere, in_country], how="diagonal")

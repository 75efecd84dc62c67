"""Counts each recording's listeners, per country and overall."""

import polars as pl

from wrapped_assets.contracts.declaration import Example
from wrapped_assets.contracts.kinds import population
from wrapped_assets.kernels.countries import counts_by_country
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
    return counts_by_country(recording_years, "recording_id", profiles)

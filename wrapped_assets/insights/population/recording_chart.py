"""Ranks recordings by number of listeners."""

import polars as pl

from wrapped_assets.contracts.declaration import Example
from wrapped_assets.contracts.kinds import population
from wrapped_assets.kernels.ranking import ranked
from wrapped_assets.vocabulary import columns as c

PLACES = 100


@population(
    grain=[c.chart_country, c.chart_rank],
    columns=[c.recording_id, c.listener_count, c.listen_count],
    reads={"recording_countries": [c.recording_id, c.chart_country, c.listener_count, c.listen_count]},
    minimum_group=1,
    examples=[
        Example(
            given={"ana": "2026-03-01 eple night/cy/early*9", "bo": "2026-03-02 eple"},
            people={"ana": {"country": "PT"}},
            expect=[
                {"chart_country": "", "chart_rank": 1, "recording_id": "eple", "listener_count": 2, "listen_count": 2},
                {"chart_country": "PT", "chart_rank": 1, "recording_id": "night", "listener_count": 1, "listen_count": 9},
                ...,
            ],
        ),
    ],
)
def recording_chart(recording_countries: pl.LazyFrame) -> pl.LazyFrame:
    """One of the hundred recordings with most listeners, over all listeners and per country.

    A tie goes to the recording with more listens, then to the smaller id. Counts are exact and for internal use only: exports pass the
    privacy gates.
    """
    order = ["-listener_count", "-listen_count", "recording_id"]
    return ranked(recording_countries, "chart_country", order=order, rank="chart_rank", limit=PLACES)

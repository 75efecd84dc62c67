"""Lists the thousand recordings with most listeners, which define mainstream."""

import polars as pl

from wrapped_assets.contracts.declaration import Example
from wrapped_assets.contracts.kinds import population
from wrapped_assets.kernels.ranking import ranked
from wrapped_assets.vocabulary import columns as c

PLACES = 1000


@population(
    grain=[c.chart_rank],
    columns=[c.recording_id],
    reads={"recording_countries": [c.recording_id, c.chart_country, c.listener_count, c.listen_count]},
    minimum_group=1,
    examples=[
        Example(
            given={"ana": "2026-03-01 eple night*9", "bo": "2026-03-02 eple"},
            people={"ana": {"country": "PT"}},
            expect=[{"chart_rank": 1, "recording_id": "eple"}, {"chart_rank": 2, "recording_id": "night"}],
        ),
    ],
)
def popular_recordings(recording_countries: pl.LazyFrame) -> pl.LazyFrame:
    """One of the thousand recordings with most listeners.

    A tie goes to the recording with more listens, then to the smaller id. Internal use only, so groups of one listener are kept.
    """
    of_all = recording_countries.filter(pl.col("chart_country") == "")
    order = ["-listener_count", "-listen_count", "recording_id"]
    return ranked(of_all, "chart_country", order=order, rank="chart_rank", limit=PLACES)

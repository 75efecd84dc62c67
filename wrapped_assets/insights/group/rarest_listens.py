"""Finds the rarest recording that each member of a group heard."""

import polars as pl

from wrapped_assets.contracts.declaration import Example
from wrapped_assets.contracts.kinds import group_insight
from wrapped_assets.kernels.blocks import by_intervals
from wrapped_assets.kernels.ranking import first_per
from wrapped_assets.vocabulary import columns as c

FEWEST_LISTENS = 3


@group_insight(
    chapter="community",
    grain=[c.group_id, c.listener_id],
    columns=[c.recording_id, c.listen_count, c.listener_count],
    reads={
        "groups": [c.group_id, c.listener_id],
        "recording_years": [c.listener_id, c.recording_id, c.listen_count],
        "recording_countries": [c.recording_id, c.chart_country, c.listener_count],
    },
    headline="{recording}, known to {listener_count}.",
    examples=[
        Example(
            given={"ana": "2026-05-01 eple*5 rare*4 once", "bo": "2026-05-01 eple*3", "cy": "2026-05-01 eple"},
            groups={"home": ["ana", "bo"]},
            expect=[
                {"group_id": "home", "listener_id": "ana", "recording_id": "rare", "listen_count": 4, "listener_count": 1},
                {"group_id": "home", "listener_id": "bo", "recording_id": "eple", "listen_count": 3, "listener_count": 3},
            ],
        ),
    ],
)
def rarest_listens(groups: pl.LazyFrame, recording_years: pl.LazyFrame, recording_countries: pl.LazyFrame) -> pl.LazyFrame:
    """The recording with the fewest listeners overall that a member heard at least three times, and how many listeners it has.

    A tie goes to more of the member's listens, then to the smaller id.
    """
    usual = recording_years.filter(pl.col("listen_count") >= FEWEST_LISTENS).join(groups, on="listener_id")
    known = recording_countries.filter(pl.col("chart_country") == "").select("recording_id", "listener_count")
    order = ["listener_count", "-listen_count", "recording_id"]

    def of_some(heard: pl.LazyFrame) -> pl.LazyFrame:
        return first_per(heard.join(known, on="recording_id"), ["group_id", "listener_id"], order=order)

    return by_intervals(usual, "listener_id", of_some)

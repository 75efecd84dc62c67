"""Counts each release group's listeners, per country and overall."""

import polars as pl

from wrapped_assets.contracts.declaration import Example
from wrapped_assets.contracts.kinds import population
from wrapped_assets.kernels.countries import counts_by_country
from wrapped_assets.vocabulary import columns as c


@population(
    grain=[c.release_group_id, c.chart_country],
    columns=[c.listener_count, c.listen_count],
    reads={
        "release_group_months": [c.listener_id, c.release_group_id, c.listen_count],
        "profiles": [c.listener_id, c.country],
    },
    minimum_group=1,
    by=c.release_group_id,
    examples=[
        Example(
            given={"ana": "2026-03-01 eple/royksopp/melody*2", "bo": "2026-03-02 eple/royksopp/melody"},
            people={"ana": {"country": "PT"}},
            expect=[
                {"release_group_id": "melody", "chart_country": "", "listener_count": 2, "listen_count": 3},
                {"release_group_id": "melody", "chart_country": "PT", "listener_count": 1, "listen_count": 2},
            ],
        ),
    ],
)
def release_group_countries(release_group_months: pl.LazyFrame, profiles: pl.LazyFrame) -> pl.LazyFrame:
    """A release group's listeners and listens in one country, or overall (country is empty).

    Plays whose export names no release group are left out. No ties: nothing is ranked. Internal use only, so groups of
    one listener are kept.
    """
    heard = release_group_months.group_by("release_group_id", "listener_id").agg(pl.col("listen_count").sum())
    return counts_by_country(heard, "release_group_id", profiles)

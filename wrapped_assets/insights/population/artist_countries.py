"""Counts each artist's listeners, per country and overall."""

import polars as pl

from wrapped_assets.contracts.declaration import Example
from wrapped_assets.contracts.kinds import population
from wrapped_assets.kernels.countries import counts_by_country
from wrapped_assets.vocabulary import columns as c


@population(
    grain=[c.artist_id, c.chart_country],
    columns=[c.listener_count, c.listen_count],
    reads={
        "artist_audiences": [c.listener_id, c.artist_id, c.listen_count],
        "profiles": [c.listener_id, c.country],
    },
    minimum_group=1,
    by=c.artist_id,
    examples=[
        Example(
            given={"ana": "2026-03-01 walk/royksopp+bo*2", "bo": "2026-03-02 walk/royksopp+bo"},
            people={"ana": {"country": "PT"}},
            expect=[
                {"artist_id": "royksopp", "chart_country": "", "listener_count": 2, "listen_count": 3},
                {"artist_id": "royksopp", "chart_country": "PT", "listener_count": 1, "listen_count": 2},
                ...,
            ],
        ),
    ],
)
def artist_countries(artist_audiences: pl.LazyFrame, profiles: pl.LazyFrame) -> pl.LazyFrame:
    """An artist's listeners and listens in one country, or overall (country is empty).

    Each credited artist gets the full listen. No ties: nothing is ranked. Internal use only, so groups of one listener are kept.
    """
    return counts_by_country(artist_audiences, "artist_id", profiles)

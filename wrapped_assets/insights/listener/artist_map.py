"""Counts a listener's artists by their country of origin."""

import polars as pl

from wrapped_assets.contracts.declaration import Example
from wrapped_assets.contracts.kinds import insight
from wrapped_assets.kernels.ranking import ranked
from wrapped_assets.vocabulary import columns as c


@insight(
    chapter="places",
    grain=[c.listener_id, c.country_rank],
    columns=[c.country, c.artist_count, c.listen_count, c.country_known_share],
    reads={
        "artist_years": [c.listener_id, c.artist_id, c.listen_count],
        "artists": [c.artist_id, c.country],
    },
    headline="{country} sent you the most artists: {artist_count}.",
    examples=[
        Example(
            given={"ana": "2026-03-01 eple/royksopp*2 night/bo so_here/bo+cy home/di"},
            catalogue={
                "known_artists": [
                    {"artist_name": "royksopp", "country": "NO"},
                    {"artist_name": "bo", "country": "PT"},
                    {"artist_name": "cy", "country": "PT"},
                ]
            },
            expect=[
                {"country_rank": 1, "country": "PT", "artist_count": 2, "listen_count": 3, "country_known_share": 0.833333},
                {"country_rank": 2, "country": "NO", "artist_count": 1, "listen_count": 2},
            ],
        ),
    ],
)
def artist_map(artist_years: pl.LazyFrame, artists: pl.LazyFrame) -> pl.LazyFrame:
    """A country of origin of a listener's artists of the year, ranked by number of artists.

    Each credited artist gets the full listen. Artists of unknown origin are left out; `country_known_share` is the share of credited
    listens whose artist's country is known. A tie goes to the country with more listens, then to the smaller code.
    """
    heard = artist_years.filter(pl.col("listen_count") > 0).join(artists, on="artist_id", how="left")
    known = pl.col("country").is_not_null()
    totals = heard.group_by("listener_id").agg(
        country_known_share=pl.col("listen_count").filter(known).sum() / pl.col("listen_count").sum()
    )
    countries = heard.filter(known).group_by("listener_id", "country").agg(pl.col("listen_count").sum(), artist_count=pl.len())
    placed = ranked(countries, "listener_id", order=["-artist_count", "-listen_count", "country"], rank="country_rank")
    return placed.join(totals, on="listener_id")

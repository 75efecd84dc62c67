"""Where the listeners of an edition are at home."""

import polars as pl

from wrapped_assets.contracts.declaration import Example
from wrapped_assets.contracts.kinds import population
from wrapped_assets.vocabulary import columns as c


@population(
    grain=[c.area_kind, c.area_rank],
    columns=[c.country, c.place_name, c.listener_count],
    reads={
        "listening_totals": [c.listener_id, c.listen_count],
        "profiles": [c.listener_id, c.country, c.place_name],
    },
    minimum_group=1,
    examples=[
        Example(
            given=dict.fromkeys(("ana", "bo", "cy", "di"), "2026-05-01 eple") | {"ed": "2026-05-01 eple~12s"},
            people={"ana": {"country": "PT", "place": "Porto"}, "bo": {"country": "PT"}, "cy": {"country": "NO"}, "ed": {"country": "NO"}},
            expect=[
                {"area_kind": "country", "area_rank": 1, "country": "PT", "place_name": None, "listener_count": 2},
                {"area_kind": "country", "area_rank": 2, "country": "NO", "place_name": None, "listener_count": 1},
                {"area_kind": "place", "area_rank": 1, "country": "PT", "place_name": "Porto", "listener_count": 1},
            ],
        ),
    ],
)
def listener_places(listening_totals: pl.LazyFrame, profiles: pl.LazyFrame) -> pl.LazyFrame:
    """A country, or a city, and how many with a listen in the window are at home there; those who did not say are left out.

    A tie goes to the name in Unicode order. Only inside the house, so that a group of one is counted.
    """
    homes = listening_totals.filter(pl.col("listen_count") > 0).join(profiles, on="listener_id")
    in_country = homes.filter(pl.col("country").is_not_null()).select(
        "country", place_name=pl.lit(None, pl.String), area_kind=pl.lit("country")
    )
    in_place = homes.filter(pl.col("place_name").is_not_null()).select("country", "place_name", area_kind=pl.lit("place"))
    counted = pl.concat([in_country, in_place]).group_by("area_kind", "country", "place_name").agg(listener_count=pl.len().cast(pl.Int64))
    ordered = counted.sort("area_kind", "listener_count", "country", "place_name", descending=[False, True, False, False])
    return ordered.with_columns(area_rank=pl.int_range(1, pl.len() + 1).over("area_kind"))

"""Counts an edition's listeners by country and city of their home."""

import polars as pl

from wrapped_assets.contracts.declaration import Example
from wrapped_assets.contracts.kinds import MINIMUM_LISTENERS, population
from wrapped_assets.vocabulary import columns as c


@population(
    grain=[c.area_kind, c.area_rank],
    columns=[c.country, c.place_name, c.listener_count],
    reads={
        "listening_totals": [c.listener_id, c.listen_count],
        "profiles": [c.listener_id, c.country, c.place_name],
    },
    minimum_group=MINIMUM_LISTENERS,
    group_size=c.group_listener_count,  # for the row without a name it counts everybody, because that row reveals nobody's home
    examples=[
        Example(
            given={f"one {n}": "2026-05-01 eple" for n in range(26)} | {"ed": "2026-05-01 eple~12s"},
            people={f"one {n}": {"country": "PT" if n < 20 else "NO", "place": "Porto" if n < 21 else "Oslo"} for n in range(25)},
            expect=[
                {"area_kind": "country", "area_rank": 1, "country": "PT", "place_name": None, "listener_count": 20},
                {"area_kind": "country", "area_rank": 2, "country": None, "place_name": None, "listener_count": 5},
                {"area_kind": "place", "area_rank": 1, "country": "PT", "place_name": "Porto", "listener_count": 20},
                {"area_kind": "place", "area_rank": 2, "country": None, "place_name": None, "listener_count": 5},
            ],
        ),
    ],
)
def listener_places(listening_totals: pl.LazyFrame, profiles: pl.LazyFrame) -> pl.LazyFrame:
    """A country or city and how many listeners with a listen in the window live there; unknown homes are left out.

    Countries, and cities, with fewer than 20 listeners are summed in one last row without a name. A tie goes to the name in Unicode order.
    """
    homes = listening_totals.filter(pl.col("listen_count") > 0).join(profiles, on="listener_id")
    in_country = homes.filter(pl.col("country").is_not_null()).select(
        "country", place_name=pl.lit(None, pl.String), area_kind=pl.lit("country")
    )
    in_place = homes.filter(pl.col("place_name").is_not_null()).select("country", "place_name", area_kind=pl.lit("place"))
    counted = pl.concat([in_country, in_place]).group_by("area_kind", "country", "place_name").agg(listener_count=pl.len().cast(pl.Int64))
    is_large = pl.col("listener_count") >= MINIMUM_LISTENERS
    named = counted.with_columns(pl.when(is_large).then(pl.col(name)).alias(name) for name in ("country", "place_name"))
    merged = named.group_by("area_kind", "country", "place_name").agg(pl.col("listener_count").sum())
    down = [False, False, True, False, False]
    ordered = merged.sort("area_kind", pl.col("country").is_null(), "listener_count", "country", "place_name", descending=down)
    everybody = pl.col("listener_count").sum().over("area_kind")
    is_named = pl.col("country").is_not_null() | pl.col("place_name").is_not_null()
    return ordered.with_columns(
        area_rank=pl.int_range(1, pl.len() + 1).over("area_kind"),
        group_listener_count=pl.when(is_named).then("listener_count").otherwise(everybody),
    )

"""Lists the countries and cities where an artist's listeners live."""

import polars as pl

from wrapped_assets.contracts.declaration import Example
from wrapped_assets.contracts.kinds import MINIMUM_LISTENERS, artist_insight
from wrapped_assets.kernels.division import divided
from wrapped_assets.kernels.ranking import ranked
from wrapped_assets.vocabulary import columns as c


@artist_insight(
    chapter="places",
    grain=[c.artist_id, c.area_kind, c.area_rank],
    columns=[c.country, c.place_name, c.listener_count, c.listener_share, c.lift],
    reads={
        "artist_audiences": [c.artist_id, c.listener_id],
        "profiles": [c.listener_id, c.country, c.place_name],
        "listener_places": [c.area_kind, c.country, c.place_name, c.listener_count],
    },
    headline="{listener_share} of {artist}'s listeners are at home in {country}.",
    examples=[
        Example(
            given={f"fan {n}": "2026-05-01 eple/royksopp" for n in range(45)} | {f"guest {n}": "2026-05-01 night/bo" for n in range(15)},
            people={f"fan {n}": {"country": "NO" if n < 20 else "PT"} for n in range(40)}
            | {f"guest {n}": {"country": "PT"} for n in range(10)},
            expect=[
                {"area_kind": "country", "area_rank": 1, "country": "NO", "listener_count": 20, "listener_share": 0.5, "lift": 1.25},
                {"area_kind": "country", "area_rank": 2, "country": "PT", "listener_count": 20, "listener_share": 0.5, "lift": 0.833333},
            ],
        ),
    ],
)
def artist_places(artist_audiences: pl.LazyFrame, profiles: pl.LazyFrame, listener_places: pl.LazyFrame) -> pl.LazyFrame:
    """A country or city where an artist's listeners live, ranked by listeners; lift compares its share with that of all listeners.

    Only listeners who gave their home count. Countries, and cities, with fewer than 20 listeners are summed in one last row without a
    name, if that row has 20 listeners. A tie goes to the higher lift, then to the name in Unicode order.
    """
    area = ["area_kind", "country", "place_name"]
    homes = artist_audiences.join(profiles, on="listener_id")
    kinds = {"country": pl.lit(None, pl.String), "place": pl.col("place_name")}
    known = pl.concat(
        homes.filter(pl.col("country" if kind == "country" else "place_name").is_not_null()).select(
            "artist_id", pl.lit(kind).alias("area_kind"), "country", name.alias("place_name")
        )
        for kind, name in kinds.items()
    )
    counts = known.group_by("artist_id", *area).agg(_count=pl.len().cast(pl.Int64))
    cells = counts.with_columns(_large=pl.col("_count") >= MINIMUM_LISTENERS, _all=pl.col("_count").sum().over("artist_id", "area_kind"))
    named = [pl.when("_large").then(pl.col(name)).alias(name) for name in ("country", "place_name")]
    merged = cells.with_columns(named).group_by("artist_id", *area, "_large", "_all").agg(listener_count=pl.col("_count").sum())
    told = merged.filter(pl.col("listener_count") >= MINIMUM_LISTENERS)
    everywhere = listener_places.with_columns(_usual=pl.col("listener_count") / pl.col("listener_count").sum().over("area_kind"))
    somewhere = everywhere.filter(pl.col("country").is_not_null() | pl.col("place_name").is_not_null())
    share = divided(pl.col("listener_count"), pl.col("_all"))
    beside = told.join(somewhere.select(*area, "_usual"), on=area, how="left", nulls_equal=True)
    lifted = beside.with_columns(listener_share=share, lift=divided(share, pl.col("_usual")), _rest=~pl.col("_large"))
    order = ["_rest", "-listener_count", "-lift", "country", "place_name"]
    return ranked(lifted, ["artist_id", "area_kind"], order=order, rank="area_rank")

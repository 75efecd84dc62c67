"""Looks up the home places of listeners and heard artists."""

from __future__ import annotations

import polars as pl

from wrapped_assets.contracts.declaration import declare
from wrapped_assets.vocabulary import columns as c


@declare(
    layer="catalogue",
    kind="year_bucket",
    grain=[c.place_name],
    columns=[c.country, c.inhabitants],
    reads={
        "artist_credits": [c.artist_id],
        "artists": [c.place_name],
        "profiles": [c.place_name],
        "known_places": [c.place_name, c.country, c.inhabitants],
    },
)
def places(
    artist_credits: pl.LazyFrame, artists: pl.LazyFrame, profiles: pl.LazyFrame, known_places: pl.LazyFrame
) -> pl.LazyFrame:  # fmt: skip
    """One known place where a listener lives or a heard artist comes from, in a year with listens.

    A name of several known places has no row, because choosing one would be a guess. Coverage is the share of listeners (or of listens
    to artists) whose place has a row in a left join.

    No ties: nothing is ranked.

    Example: `place_name` Bergen, `country` NO, `inhabitants` 291000.
    """
    only = known_places.group_by("place_name").agg(pl.col("country").first(), pl.col("inhabitants").first(), _places=pl.len())
    homes = pl.concat([artists, profiles]).drop_nulls().unique()
    is_heard = artist_credits.select(_heard=pl.len() > 0)
    found = only.filter(pl.col("_places") == 1).join(homes, on="place_name", how="semi").join(is_heard, how="cross")
    return found.filter("_heard")

"""Lists the year's releases of the heard artists."""

from __future__ import annotations

import polars as pl

from wrapped_assets.contracts.declaration import declare
from wrapped_assets.vocabulary import columns as c


@declare(
    layer="catalogue",
    kind="year_bucket",
    grain=[c.known_key],
    columns=[c.artist_id, c.artist_name, c.release_group_id, c.release_group_name, c.release_year, c.track_count],
    reads={
        "artist_credits": [c.artist_id],
        "artists": [c.artist_id, c.artist_mbid],
        "known_artists": [c.artist_id, c.artist_mbid],
        "known_release_groups": [
            c.known_key, c.release_group_id, c.release_group_name, c.artist_id, c.artist_name, c.artist_mbid, c.track_count, c.release_year,
        ],
    },
    lookups={
        "known_artists": {"artist_id": "artist_credits.artist_id"},
        "known_release_groups": {"artist_id": "artist_credits.artist_id"},
    },
)  # fmt: skip
def year_releases(
    artist_credits: pl.LazyFrame, artists: pl.LazyFrame, known_artists: pl.LazyFrame, known_release_groups: pl.LazyFrame, year: int
) -> pl.LazyFrame:
    """One release group of the year by an artist that the bucket's listeners heard that year; it need not have been heard itself.

    If both sides have the artist's MBID, these must agree; otherwise the name decides, unless two known artists share it. Only
    catalogued releases are listed: without a catalogue the table is empty.

    No ties: nothing is ranked.

    Example: an album of 2025 with eleven tracks, by an artist whom somebody in the bucket heard in 2025.
    """
    heard = artist_credits.select("artist_id").unique()
    of_year = known_release_groups.filter(pl.col("release_year") == year).join(heard, on="artist_id", how="semi")
    has_mbid = pl.col("artist_mbid").is_not_null()
    ours = known_artists.join(heard, on="artist_id", how="semi")
    namesakes = ours.group_by("artist_id").agg(_with=has_mbid.sum(), _without=(~has_mbid).sum())
    is_plain = pl.max_horizontal("_with", "_without").fill_null(0) <= 1
    both = pl.col("artist_mbid").is_not_null() & pl.col("_mbid").is_not_null()
    return (
        of_year.join(namesakes, on="artist_id", how="left")
        .join(artists.select("artist_id", _mbid="artist_mbid"), on="artist_id", how="left")
        .filter(pl.when(both).then(pl.col("artist_mbid") == pl.col("_mbid")).otherwise(is_plain))
        .unique("known_key")
    )

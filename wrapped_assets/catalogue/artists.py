"""Looks up the origin of the heard artists."""

from __future__ import annotations

import polars as pl

from wrapped_assets.contracts.declaration import declare
from wrapped_assets.kernels.matching import matched_artists
from wrapped_assets.vocabulary import columns as c


@declare(
    layer="catalogue",
    kind="year_bucket",
    grain=[c.artist_id],
    columns=[c.country, c.place_name, c.artist_mbid],
    reads={
        "tracks": [c.variant_id, c.artist_ids, c.artist_mbids, c.media],
        "known_artists": [c.artist_id, c.artist_mbid, c.country, c.place_name],
    },
    lookups={"known_artists": {"artist_id": "tracks.artist_ids", "artist_mbid": "tracks.artist_mbids"}},
)
def artists(tracks: pl.LazyFrame, known_artists: pl.LazyFrame) -> pl.LazyFrame:
    """One artist that the year's listeners heard and that certainly matches a catalogue.

    Artists match by MBID if an export has one, otherwise by a name that only one known artist has. An ambiguous artist has no row.
    Coverage is the share of listens (or of artists) with a row in a left join; a row may still lack a country.

    No ties: nothing is ranked.

    Example: `country` NO, `place_name` Bergen: the artist comes from Bergen in Norway.
    """
    first = {
        name: pl.col(name).sort_by("match_rank", name, maintain_order=True).drop_nulls().first()
        for name in ("country", "place_name", "artist_mbid")
    }
    return (
        matched_artists(tracks, known_artists)
        .group_by("artist_id")
        .agg(**first)
        .filter(pl.any_horizontal(pl.col(name).is_not_null() for name in first))
    )

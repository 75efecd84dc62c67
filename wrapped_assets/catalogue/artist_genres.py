"""Lists the genres of the heard artists."""

from __future__ import annotations

import polars as pl

from wrapped_assets.contracts.declaration import declare
from wrapped_assets.kernels.genres import canonical
from wrapped_assets.kernels.matching import matched_artists
from wrapped_assets.vocabulary import columns as c


@declare(
    layer="catalogue",
    kind="year_bucket",
    grain=[c.artist_id, c.genre_name],
    columns=[c.genre_share],
    reads={
        "tracks": [c.variant_id, c.artist_ids, c.artist_mbids, c.media],
        "known_artists": [c.artist_id, c.artist_mbid, c.country, c.genre_names],
        "known_genres": [c.genre_name, c.genre_aliases],
    },
    lookups={"known_artists": {"artist_id": "tracks.artist_ids", "artist_mbid": "tracks.artist_mbids"}},
)
def artist_genres(tracks: pl.LazyFrame, known_artists: pl.LazyFrame, known_genres: pl.LazyFrame) -> pl.LazyFrame:
    """One genre of one artist whom the year's listeners heard; an artist's shares add up to 1.

    Artists are matched as in `artists`; a genre in several rows counts once. Tags are spelled as in the tree, through its aliases; tags
    that the tree lacks are dropped. Coverage is the share of listens whose artist has any row.

    No ties: nothing is ranked.

    Example: `genre_name` electronic, `genre_share` 0.6: three fifths of what is known of the artist is electronic.
    """
    tagged = matched_artists(tracks, known_artists).select("artist_id", genre_name="genre_names")
    found = canonical(tagged.explode("genre_name", empty_as_null=True).drop_nulls("genre_name"), known_genres).unique()
    return found.with_columns(genre_share=pl.lit(1.0) / pl.len().over("artist_id"))

"""Lists the artists of each artist credit."""

from __future__ import annotations

import polars as pl

from wrapped_assets.contracts.declaration import declare
from wrapped_assets.kernels.texts import best_spelling
from wrapped_assets.vocabulary import columns as c


@declare(
    layer="catalogue",
    kind="month_bucket",
    grain=[c.artist_credit_id, c.artist_position],
    columns=[c.artist_id, c.artist_name],
    reads={"tracks": [c.artist_credit_id, c.artist_ids, c.artist_names, c.media]},
)
def artist_credits(tracks: pl.LazyFrame) -> pl.LazyFrame:
    """One artist of one music credit; the primary artist is at position 0, and a repeated artist at its first position.

    Of several spellings of a name one in mixed case is shown; a tie goes to the first in Unicode order.

    Example: the credit "Moon feat. Ana" has two rows, Moon at `artist_position` 0 and Ana at 1.
    """
    named = tracks.filter(pl.col("media") == "music", pl.col("artist_names").list.len() > 0)
    spelled = (
        named.select("artist_credit_id", artist_id="artist_ids", artist_name="artist_names")
        .with_columns(artist_position=pl.int_ranges(pl.col("artist_id").list.len(), dtype=pl.UInt8))
        .explode("artist_id", "artist_name", "artist_position", empty_as_null=True)
        .unique()  # most rows repeat one another, and spellings are slow to compare
    )
    return spelled.group_by("artist_credit_id", "artist_id").agg(
        pl.col("artist_position").min(), artist_name=best_spelling(pl.col("artist_name"))
    )

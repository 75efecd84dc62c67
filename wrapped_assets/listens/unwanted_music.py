"""Lists the artists and recordings that listeners excluded."""

from __future__ import annotations

import polars as pl

from wrapped_assets.contracts.declaration import declare
from wrapped_assets.kernels.engines import has_rows
from wrapped_assets.vocabulary import columns as c


@declare(
    layer="listens",
    kind="month_bucket",
    grain=[c.listener_id, c.exclusion_kind, c.target_id],
    columns=[],
    reads={
        "exclusions": [c.listener_id, c.exclusion_kind, c.target_id],
        "plays": [c.listener_id],
    },
)
def unwanted_music(exclusions: pl.LazyFrame, plays: pl.LazyFrame) -> pl.LazyFrame:
    """An artist or recording that one of the month's listeners excluded.

    It covers music that the listener never played, so that an excluded recording is not suggested as missed.

    No ties: nothing is ranked.

    Example: `exclusion_kind` for an artist, `target_id` of that artist: the listener wants nothing by this artist counted or suggested.
    """
    music = exclusions.filter(pl.col("exclusion_kind").is_in(("artist", "recording")))
    return music.join(plays if has_rows(music) else plays.limit(0), on="listener_id", how="semi")

"""Counts each listener's listens to each release group in a month."""

from __future__ import annotations

import polars as pl

from wrapped_assets.contracts.declaration import declare
from wrapped_assets.kernels.grouping import grouped
from wrapped_assets.vocabulary import columns as c


@declare(
    layer="aggregates",
    kind="month_bucket",
    grain=[c.listener_id, c.release_group_id, c.month],
    columns=[c.listen_count, c.ms_played, c.first_listened_at],
    reads={"listens": [c.listener_id, c.release_group_id, c.listened_at, c.ms_played]},
)
def release_group_months(listens: pl.LazyFrame) -> pl.LazyFrame:
    """One release group of one listener in one month; plays whose export names no release group are left out.

    No ties: nothing is ranked.

    Example: `month` 2025-03, `listen_count` 20: twenty listens to songs of the album in March.
    """
    named = listens.filter(pl.col("release_group_id").is_not_null()).rename({"listened_at": "first_listened_at"})
    return grouped(named, ["listener_id", "release_group_id"], sums=["ms_played"], least=["first_listened_at"], count="listen_count")

"""Selects the listens of a local month: the plays that count."""

from __future__ import annotations

import polars as pl

from wrapped_assets.contracts.declaration import declare
from wrapped_assets.vocabulary import columns as c
from wrapped_assets.vocabulary.outcomes import COUNTED

_KEPT = [
    c.listener_id, c.listened_at, c.recording_id, c.artist_credit_id, c.release_group_id, c.ms_played, c.local_date, c.local_hour,
    c.source_code,
]  # fmt: skip


@declare(layer="listens", kind="month_bucket", grain=_KEPT[:3], columns=_KEPT[3:], reads={"plays": [*_KEPT, c.outcome_code]})
def listens(plays: pl.LazyFrame) -> pl.LazyFrame:
    """One play that counts: music, long enough, inside the edition's window, neither private nor excluded.

    Insights that count listens read this table. `plays` also has the plays for minutes, skips, and history outside the window.

    No ties: nothing is ranked.

    Example: `local_date` 2025-03-05, `local_hour` 8, `ms_played` 200000: a song heard for 200 seconds at eight in the morning.
    """
    return plays.filter(pl.col("outcome_code") == COUNTED)

"""What each listener played on each local day."""

from __future__ import annotations

import polars as pl

from wrapped_assets.contracts.declaration import declare
from wrapped_assets.kernels.daily import daily
from wrapped_assets.kernels.ranking import first_per
from wrapped_assets.vocabulary import columns as c
from wrapped_assets.vocabulary.outcomes import COUNTED, IN_MINUTES


@declare(
    layer="aggregates",
    kind="month_bucket",
    grain=[c.listener_id, c.local_date],
    columns=[c.play_count, c.listen_count, c.ms_played, c.recording_count, c.first_listened_at, c.first_recording_id, c.top_recording_id],
    reads={"listens": [c.listener_id, c.local_date, c.listened_at, c.recording_id, c.ms_played, c.outcome_code]},
)
def listener_days(listens: pl.LazyFrame) -> pl.LazyFrame:
    """One local day of one listener. Plays and time count short and private plays too; listens and recordings do not.

    Where two recordings start the day at the same instant, the first one is that with the smaller id. Of recordings with as many
    listens the top one was played longer, then heard first, then has the smaller id.
    """
    by_recording = daily(listens.filter(pl.col("outcome_code") == COUNTED), ["listener_id", "recording_id"], counted=pl.lit(True))
    top = first_per(
        by_recording, ["listener_id", "local_date"], order=["-listen_count", "-ms_played", "first_listened_at", "recording_id"]
    ).select("listener_id", "local_date", top_recording_id="recording_id")
    counted = pl.col("outcome_code") == COUNTED
    return (
        listens.filter(pl.col("outcome_code").is_in(IN_MINUTES))
        .sort("listener_id", "listened_at", "recording_id")
        .group_by("listener_id", "local_date")
        .agg(
            play_count=pl.len().cast(pl.Int64),
            listen_count=counted.sum().cast(pl.Int64),
            ms_played=pl.col("ms_played").sum(),
            recording_count=pl.col("recording_id").filter(counted).n_unique().cast(pl.Int64),
            first_listened_at=pl.col("listened_at").filter(counted).min(),
            first_recording_id=pl.col("recording_id").filter(counted).first(),
        )
        .join(top, on=["listener_id", "local_date"], how="left")
    )

"""Sums up the podcasts and audiobooks that each listener played by local day."""

from __future__ import annotations

import polars as pl

from wrapped_assets.contracts.declaration import declare
from wrapped_assets.vocabulary import columns as c
from wrapped_assets.vocabulary.outcomes import NOT_MUSIC
from wrapped_assets.vocabulary.rules import DeclaredRules


@declare(
    layer="aggregates",
    kind="month_bucket",
    grain=[c.listener_id, c.show_id, c.recording_id, c.local_date],
    columns=[c.media, c.play_count, c.ms_played, c.first_played_at],
    reads={
        "plays": [
            c.listener_id, c.recording_id, c.artist_credit_id, c.listened_at, c.local_date, c.ms_played, c.outcome_code, c.is_private,
        ],
        "tracks": [c.recording_id, c.media],
    },
    rules=["window_start", "window_end", "private_sessions"],
)  # fmt: skip
def show_days(plays: pl.LazyFrame, tracks: pl.LazyFrame, rules: DeclaredRules) -> pl.LazyFrame:
    """One episode or chapter that a listener played on one local day inside the window; plays of any length count.

    A play's show is stored in place of a song's artist. Excluded plays are left out, and private ones unless the rules rank them.

    No ties: nothing is ranked.

    Example: an episode on 2025-03-05, `play_count` 2, `ms_played` 1800000: played in two sittings, half an hour together.
    """
    is_ranked = ~pl.col("is_private") if rules.private_sessions == "minutes_only" else pl.lit(True)
    episodes = tracks.filter(pl.col("media").is_in(("podcast", "audiobook"))).unique()  # the media is part of a recording's identity
    return (
        plays.filter(
            pl.col("outcome_code") == NOT_MUSIC, pl.col("local_date").is_between(rules.window_start, rules.window_end), is_ranked,
            pl.col("artist_credit_id").is_not_null(),
        )
        .join(episodes, on="recording_id")
        .group_by("listener_id", "recording_id", "local_date", "media", show_id="artist_credit_id")
        .agg(play_count=pl.len().cast(pl.Int64), ms_played=pl.col("ms_played").sum(), first_played_at=pl.col("listened_at").min())
    )  # fmt: skip

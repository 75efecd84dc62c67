"""Computes the plays of a local month, and whether they count."""

from __future__ import annotations

import polars as pl

from wrapped_assets.contracts.declaration import declare
from wrapped_assets.kernels.several_months import in_month
from wrapped_assets.listens.exclude import excluded_devices, excluded_hours, excluded_variants, has_bit
from wrapped_assets.listens.localise import local_ms, offsets_of
from wrapped_assets.listens.resolve import LINKS_READ, PLAYS_READ, TRACKS_READ, resolved_plays
from wrapped_assets.vocabulary import columns as c
from wrapped_assets.vocabulary import outcomes
from wrapped_assets.vocabulary.periods import Month
from wrapped_assets.vocabulary.rules import DeclaredRules

_DAY_MS, _HOUR_MS = 86_400_000, 3_600_000


@declare(
    layer="listens",
    kind="month_bucket",
    grain=[c.listener_id, c.listened_at, c.recording_id],
    columns=[
        c.artist_credit_id, c.release_group_id, c.ms_played, c.local_date, c.local_hour, c.source_code, c.outcome_code,
        c.is_listen, c.is_private, c.is_skipped, c.is_length_known, c.duplicate_count,
    ],
    reads={
        "landed_plays": (PLAYS_READ, "month_and_edges"),
        "tracks": [*TRACKS_READ, c.artist_ids, c.exact_recording_id],
        "links": (LINKS_READ, "month_and_edges"),
        "listeners": [c.listener_id, c.time_zone],
        "exclusions": [c.listener_id, c.exclusion_kind, c.target_id],
    },
    rules=["minimum_ms_played", "window_start", "window_end", "clock", "private_sessions", "minutes_from", "unknown_length_ms"],
)  # fmt: skip
def plays(
    landed_plays: pl.LazyFrame, tracks: pl.LazyFrame, links: pl.LazyFrame, listeners: pl.LazyFrame, exclusions: pl.LazyFrame,
    rules: DeclaredRules, month: Month,
) -> pl.LazyFrame:
    """One playback of one listener, in the listener's own calendar, with its outcome.

    A play without played time takes its recording's length. `is_listen` is true if it passes the counting rule. `outcome_code` also
    applies the edition's window and gives the first reason of: excluded, not music, outside the window, private, too short.

    No ties: nothing is ranked.

    Example: `local_date` 2025-03-05, `local_hour` 23, `ms_played` 12000, `is_listen` false: twelve seconds late at night, too short to
    count.
    """
    every = resolved_plays(landed_plays, tracks, links)
    dropped = every.filter(pl.col("_kept") != pl.col("_row")).group_by("_kept").agg(duplicate_count=pl.len().cast(pl.Int64))
    people = offsets_of(listeners, month)
    for excluded in (excluded_hours(exclusions), excluded_devices(exclusions)):
        people = people.join(excluded, on="listener_id", how="left")
    unwanted = excluded_variants(exclusions, tracks)
    as_exported = unwanted.rename({"variant_id": "_exported", "_is_excluded": "_was_excluded"})
    local, played, length = pl.col("_local_ms"), pl.col("ms_played"), pl.col("duration_ms").cast(pl.Int64)
    counted_ms = length if rules.minutes_from == "recording_length" else pl.coalesce(played, length)
    return (
        every.filter(pl.col("_kept") == pl.col("_row"))
        .join(people, on="listener_id", how="left", maintain_order="left")  # an inner join would copy every column
        .with_columns(_local_ms=local_ms(rules.clock))
        .with_columns(local_date=(local // _DAY_MS).cast(pl.Int32).cast(pl.Date), local_hour=(local // _HOUR_MS % 24).cast(pl.Int8))
        .filter(in_month(pl.col("local_date"), month))  # also drops plays of unknown listeners
        .join(dropped, left_on="_row", right_on="_kept", how="left", maintain_order="left")
        .join(unwanted, on=["listener_id", "variant_id"], how="left", maintain_order="left")
        .join(as_exported, on=["listener_id", "_exported"], how="left", maintain_order="left")  # an excluded name may since have changed
        .with_columns(
            # A scrobble already counts by its source's rule, and has no played time to check.
            _is_long=pl.col("is_scrobble") | (played.fill_null(0) >= rules.minimum_ms_played),
            _is_excluded=pl.any_horizontal(
                pl.col("_is_excluded", "_was_excluded").fill_null(False),
                has_bit(pl.col("_hours"), pl.col("local_hour")), has_bit(pl.col("_devices"), pl.col("device_code")),
            ),
            _is_ranked=~pl.col("is_private") if rules.private_sessions == "minutes_only" else pl.lit(True),
            _in_window=pl.col("local_date").is_between(rules.window_start, rules.window_end),
            _is_music=pl.col("media") == "music",
        )
        .with_columns(
            outcome_code=pl.when("_is_excluded").then(outcomes.EXCLUDED)
            .when(~pl.col("_is_music")).then(outcomes.NOT_MUSIC)
            .when(~pl.col("_in_window")).then(outcomes.OUTSIDE_WINDOW)
            .when(~pl.col("_is_ranked")).then(outcomes.PRIVATE)
            .when(~pl.col("_is_long")).then(outcomes.TOO_SHORT)
            .otherwise(outcomes.COUNTED).cast(pl.UInt8),
            is_listen=pl.col("_is_music") & ~pl.col("_is_excluded") & pl.col("_is_ranked") & pl.col("_is_long"),
            is_length_known=counted_ms.is_not_null(),
            ms_played=pl.coalesce(counted_ms, rules.unknown_length_ms),
            duplicate_count=pl.col("duplicate_count").fill_null(0),
        )
    )  # fmt: skip

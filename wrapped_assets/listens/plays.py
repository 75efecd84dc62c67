"""Computes the plays of a local month, and whether they count."""

from __future__ import annotations

import numpy as np
import polars as pl

from wrapped_assets.contracts.declaration import declare
from wrapped_assets.kernels.engines import has_rows
from wrapped_assets.kernels.several_months import Months, ends_ms, first_ms
from wrapped_assets.listens.exclude import with_exclusions
from wrapped_assets.listens.localise import local_ms, offsets_of
from wrapped_assets.listens.resolve import LINKS_READ, PLAYS_READ, TRACKS_READ, kept_places, linked
from wrapped_assets.vocabulary import columns as c
from wrapped_assets.vocabulary import outcomes
from wrapped_assets.vocabulary.periods import Month
from wrapped_assets.vocabulary.rules import DeclaredRules

_DAY_MS, _HOUR_MS = 86_400_000, 3_600_000
# What is read of a play behind its place among others; the device for exclusions alone.
_PLACED = ("listener_id", "variant_id", "listened_at", "ms_played", "source_code", "is_scrobble", "is_private", "is_skipped", "device_code")


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
    landed, zones = (frame.collect(engine="in-memory") for frame in (landed_plays, listeners))
    places, absorbed = kept_places(landed, tracks, links)
    read = landed.select(_PLACED if has_rows(exclusions) else _PLACED[:-1]).rechunk()
    rows = within(read, places, absorbed, offsets_of(zones, month, rules.clock), month)
    music = tracks.with_columns(_is_music=pl.col("media") == "music")  # before there is a row for each play
    identified = linked(rows.lazy(), links).join(music, on="variant_id", how="inner", maintain_order="left")
    played, length = pl.col("ms_played"), pl.col("duration_ms").cast(pl.Int64)
    counted_ms = length if rules.minutes_from == "recording_length" else pl.coalesce(played, length)
    return (
        with_exclusions(identified, exclusions, tracks)
        .with_columns(
            # A scrobble already counts by its source's rule, and has no played time to check.
            _is_long=pl.col("is_scrobble") | (played.fill_null(0) >= rules.minimum_ms_played),
            _is_ranked=~pl.col("is_private") if rules.private_sessions == "minutes_only" else pl.lit(True),
            _in_window=pl.col("local_date").is_between(rules.window_start, rules.window_end),
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
        )
    )  # fmt: skip


def within(landed: pl.DataFrame, places: np.ndarray, absorbed: np.ndarray, offsets: pl.DataFrame, month: Month | Months) -> pl.DataFrame:
    """The plays at those places (by listener) that begin in the listener's local month, with local_date, local_hour and duplicate_count."""
    listener, start = landed["listener_id"].to_numpy(), landed["listened_at"].dt.epoch("ms").to_numpy()
    local, is_known = local_ms(listener[places], start[places], offsets)
    first, end = ends_ms(listener[places], month)
    inside = is_known & (local >= first) & (local < end)
    begun = first_ms(month)
    since = local[inside] - begun
    since = since.astype(np.uint32) if since.max(initial=0) < 1 << 32 else since  # as in one month; shorter numbers are divided sooner
    day, hour = since // _DAY_MS, since // _HOUR_MS
    return landed[places[inside]].with_columns(
        local_date=pl.Series(day.astype(np.int32) + np.int32(begun // _DAY_MS)).cast(pl.Date),
        local_hour=pl.Series((hour - 24 * day).astype(np.int8)),
        duplicate_count=pl.Series(absorbed[inside]),
    )

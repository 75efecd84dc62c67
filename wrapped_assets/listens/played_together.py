"""Finds names of one playback: two recordings that a listener played at the same time in two services, or in one under two credits."""

from __future__ import annotations

import polars as pl

from wrapped_assets.listens.spellings import SAME_LENGTH_MS

_TOGETHER_MS, _SAME_SECOND_MS = 60_000, 999  # two names of one playback start or end within this time: in two formats, and in one
_SAME_SONG_MS = 5_000  # the same for two versions of a song, which a listener may also play in a row


def played_together(plays: pl.DataFrame, tracks: pl.DataFrame) -> pl.DataFrame:
    """Returns pairs of variants of two recordings that a listener played at the same time, as names of one playback.

    They have the same title and the same album or length, or, in two formats, are the same song with other guests or in another version.
    Columns listener_id, variant_id, variant_id_right.
    """
    facts = tracks.select("variant_id", "song_id", "recording_id", "_title", "_album", "duration_ms")
    start = pl.col("listened_at").dt.epoch("ms")
    # The end of a play without a played time is unknown: taken for its start, it would meet the end of the song before.
    timed = plays.select("listener_id", "variant_id", "source_code", _start=start, _end=start + pl.col("ms_played"))
    titled = facts.select("variant_id", "recording_id", _title_number=pl.col("_title").rank("dense"))
    who, title = ["listener_id", "variant_id"], ["listener_id", "_title_number"]
    heard = timed.select(who).unique().join(titled, on="variant_id")
    several = heard.group_by(title).agg(_several=pl.col("recording_id").min() < pl.col("recording_id").max()).filter("_several")
    timed = timed.join(heard.join(several, on=title, how="semi").select(*who, "_title_number"), on=who).join(facts, on="variant_id")
    is_one_format, is_one_song = (pl.col(name) == pl.col(f"{name}_right") for name in ("source_code", "song_id"))
    tolerance = pl.when(is_one_format).then(_SAME_SECOND_MS).when(is_one_song).then(_SAME_SONG_MS).otherwise(_TOGETHER_MS)
    length = (pl.col("duration_ms") - pl.col("duration_ms_right")).abs() <= SAME_LENGTH_MS
    is_alike = ((pl.col("_album") == pl.col("_album_right")) | length).fill_null(value=False)
    found = []
    for time in ("_start", "_end"):
        placed = timed.drop_nulls(time)
        slots = placed.with_columns(_slot=pl.concat_list(pl.col(time) // _TOGETHER_MS + shift for shift in (-1, 0, 1))).explode("_slot")
        near = placed.with_columns(_slot=pl.col(time) // _TOGETHER_MS).join(slots, on=[*title, "_slot"], suffix="_right")
        distance = (pl.col(time) - pl.col(f"{time}_right")).abs()
        is_other_name = pl.when(is_one_song).then(~is_one_format).otherwise(is_alike)
        close = near.filter(distance <= tolerance, pl.col("recording_id") != pl.col("recording_id_right"), is_other_name)
        found.append(close.select("listener_id", "variant_id", "variant_id_right"))
    return pl.concat(found).unique()

"""Finds names of one recording by album and length: a song with and without its guest, as a service's editions of an album name it."""

from __future__ import annotations

import polars as pl

_LEAST_MS = 60_000  # shorter plays were cut off, and may be equally long by chance


def same_take(plays: pl.DataFrame, tracks: pl.DataFrame) -> pl.DataFrame:
    """Returns pairs of variants of one song on one album that a listener usually plays equally long, to the millisecond.

    The usual length is the most frequent played time of at least a minute; a tie goes to the longest. An album that holds a song both
    with and without a guest holds two lengths. Columns listener_id, variant_id, variant_id_right.
    """
    facts = tracks.drop_nulls("_album").select("variant_id", "song_id", "recording_id", "_album")
    several = facts.group_by("song_id", "_album").agg(pl.col("recording_id").n_unique()).filter(pl.col("recording_id") > 1)
    facts = facts.join(several, on=["song_id", "_album"], how="semi")
    who = ["listener_id", "recording_id", "song_id", "_album"]
    full = plays.filter(pl.col("ms_played") >= _LEAST_MS).join(facts, on="variant_id")
    lengths = full.group_by(*who, "ms_played").agg(pl.len(), pl.col("variant_id").min())
    usual = lengths.sort("len", "ms_played", descending=True).unique(who, keep="first", maintain_order=True)
    pairs = usual.join(usual, on=["listener_id", "song_id", "_album", "ms_played"], suffix="_right")
    return pairs.filter(pl.col("recording_id") != pl.col("recording_id_right")).select("listener_id", "variant_id", "variant_id_right")

"""Recordings that nobody need have heard: what the catalogue says of those on the year's releases."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import polars as pl

RELEASED, RELEASES = "catalogue/release_recordings", "catalogue/year_releases"
_KNOWN = ("recording_name", "artist_name", "artist_names", "release_group_name", "duration_ms", "recording_mbid", "spotify_uri", "isrc")


def of_releases(recordings: Sequence[Path], releases: Sequence[Path], ids: pl.Series) -> pl.DataFrame:
    """recording_id, and what a track is found by elsewhere, of those `ids` that are on a release of the year; each once.

    `recordings` and `releases` are cells of RELEASED and RELEASES. Of several releases of a recording the smallest id is named.
    """
    if not recordings or not releases:
        return pl.DataFrame(schema={"recording_id": pl.Int64})
    names = pl.scan_parquet(releases).group_by("release_group_id").agg(pl.col("release_group_name").min())
    return (
        pl.scan_parquet(recordings)
        .filter(pl.col("recording_id").is_in(ids.drop_nulls().unique().implode()))
        .sort("recording_id", "release_group_id")
        .unique("recording_id", keep="first", maintain_order=True)
        .join(names, on="release_group_id", how="left")
        .with_columns(artist_name=pl.col("artist_names").list.join(", "))
        .select("recording_id", *_KNOWN)
        .collect()
    )


def filled_in(found: pl.DataFrame, more: pl.DataFrame) -> pl.DataFrame:
    """`found` with the rows that only `more` has, and with its values where `found` has none; columns as in `found`."""
    whole = found.join(more, on="recording_id", how="full", coalesce=True, suffix="_more")
    both = [name for name in found.columns if f"{name}_more" in whole.columns]
    return whole.with_columns(pl.coalesce(name, f"{name}_more") for name in both).select(found.columns)

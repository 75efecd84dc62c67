"""Landed plays with what they are plays of, and with duplicates marked: the step that listens and their audit share."""

from __future__ import annotations

from types import MappingProxyType

import polars as pl

from wrapped_assets.listens.deduplicate import mark_duplicates
from wrapped_assets.vocabulary import columns as c
from wrapped_assets.vocabulary.columns import Column

PLAYS_READ: tuple[Column, ...] = (
    c.listener_id, c.listened_at, c.variant_id, c.ms_played, c.source_code, c.richness, c.resolution_ms,
    c.is_scrobble, c.is_private, c.is_skipped,
)  # fmt: skip
TRACKS_READ: tuple[Column, ...] = (
    c.variant_id, c.recording_id, c.song_id, c.artist_credit_id, c.release_group_id, c.duration_ms, c.media,
)  # fmt: skip
_READ = MappingProxyType({column.name: column.dtype for column in (*PLAYS_READ, *TRACKS_READ)})
_RESOLVED = MappingProxyType({**_READ, "_row": pl.get_index_type(), "_kept": pl.get_index_type(), "_reason": pl.String})


def resolved_plays(landed_plays: pl.LazyFrame, tracks: pl.LazyFrame) -> pl.LazyFrame:
    """Every landed play of the month and its edges with its ids, `_row`, `_kept` and `_reason` (see `mark_duplicates`)."""
    joined = landed_plays.join(tracks, on="variant_id", how="inner").select(list(_READ))
    return joined.map_batches(lambda plays: mark_duplicates(plays).select(list(_RESOLVED)), schema=_RESOLVED)

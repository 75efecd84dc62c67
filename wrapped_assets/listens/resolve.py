"""Identifies landed plays and marks duplicates; `plays` and `duplicates` share this step."""

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
LINKS_READ: tuple[Column, ...] = (c.listener_id, c.variant_id, c.linked_variant_id)
_READ = MappingProxyType({column.name: column.dtype for column in (*PLAYS_READ, *TRACKS_READ)})
_JOINED = MappingProxyType({**_READ, "_exported": pl.Int64()})
_RESOLVED = MappingProxyType({**_JOINED, "_row": pl.get_index_type(), "_kept": pl.get_index_type(), "_reason": pl.String})


def resolved_plays(landed_plays: pl.LazyFrame, tracks: pl.LazyFrame, links: pl.LazyFrame) -> pl.LazyFrame:
    """Returns every landed play of the month and its edges, under the spelling that the listener's history links it to.

    Adds the ids of that spelling, `_exported` (the exported spelling), `_row`, `_kept` and `_reason` (see `mark_duplicates`).
    """
    linked = landed_plays.join(links, on=["listener_id", "variant_id"], how="left").with_columns(
        _exported="variant_id", variant_id=pl.coalesce("linked_variant_id", "variant_id")
    )
    joined = linked.join(tracks, on="variant_id", how="inner").select(list(_JOINED))
    return joined.map_batches(lambda plays: mark_duplicates(plays).select(list(_RESOLVED)), schema=_RESOLVED)

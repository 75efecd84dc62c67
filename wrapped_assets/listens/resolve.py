"""Identifies landed plays and marks duplicates; `plays` and `duplicates` share this step."""

from __future__ import annotations

from types import MappingProxyType

import polars as pl

from wrapped_assets.listens.deduplicate import mark_duplicates
from wrapped_assets.listens.doubtful import by_time
from wrapped_assets.vocabulary import columns as c
from wrapped_assets.vocabulary.columns import Column

PLAYS_READ: tuple[Column, ...] = (
    c.listener_id, c.listened_at, c.variant_id, c.ms_played, c.source_code, c.richness, c.resolution_ms,
    c.is_scrobble, c.is_private, c.is_skipped, c.device_code,
)  # fmt: skip
TRACKS_READ: tuple[Column, ...] = (
    c.variant_id, c.recording_id, c.song_id, c.artist_credit_id, c.release_group_id, c.duration_ms, c.media,
)  # fmt: skip
LINKS_READ: tuple[Column, ...] = (c.listener_id, c.variant_id, c.linked_variant_id)
_READ = MappingProxyType({column.name: column.dtype for column in PLAYS_READ})
_TIMED = MappingProxyType({**_READ, "_is_doubtful": pl.Boolean()})
_JOINED = MappingProxyType({**_TIMED, **{column.name: column.dtype for column in TRACKS_READ}, "_exported": pl.Int64()})
_RESOLVED = MappingProxyType({**_JOINED, "_row": pl.get_index_type(), "_kept": pl.get_index_type(), "_reason": pl.String})


def resolved_plays(landed_plays: pl.LazyFrame, tracks: pl.LazyFrame, links: pl.LazyFrame) -> pl.LazyFrame:
    """Returns every landed play of the month and its edges, under the spelling that the listener's history links it to.

    Adds the ids of that spelling, `_exported` (the exported spelling), `_row`, `_kept` and `_reason` (see `mark_duplicates`). The rows are
    by listener and start.
    """
    timed = landed_plays.select(list(_READ)).map_batches(by_time, schema=_TIMED)
    linked = timed.join(links, on=["listener_id", "variant_id"], how="left", maintain_order="left").with_columns(
        _exported="variant_id", variant_id=pl.coalesce("linked_variant_id", "variant_id")
    )
    joined = linked.join(tracks, on="variant_id", how="inner", maintain_order="left").select(list(_JOINED))
    return joined.map_batches(mark_duplicates, schema=_RESOLVED)

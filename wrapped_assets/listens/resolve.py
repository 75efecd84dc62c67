"""Identifies the plays that may repeat another one, and marks duplicates; `plays` and `duplicates` share this step."""

from __future__ import annotations

from types import MappingProxyType

import numpy as np
import polars as pl

from wrapped_assets.kernels.engines import engine_for, has_rows
from wrapped_assets.listens.deduplicate import mark_duplicates
from wrapped_assets.listens.doubtful import by_time, compared
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
_TIMED = MappingProxyType({"_place": pl.get_index_type(), **_READ, "_is_doubtful": pl.Boolean()})
_JOINED = MappingProxyType({**_TIMED, **{column.name: column.dtype for column in TRACKS_READ}, "_exported": pl.Int64()})
_RESOLVED = MappingProxyType({**_JOINED, "_row": pl.get_index_type(), "_kept": pl.get_index_type(), "_reason": pl.String})


def resolved_plays(landed_plays: pl.LazyFrame, tracks: pl.LazyFrame, links: pl.LazyFrame) -> pl.LazyFrame:
    """Returns the landed plays that have a track, under the spelling that the listener's history links each to.

    Adds the ids of that spelling, `_exported` (the exported spelling), `_place` (the row's place among the given ones), `_row`, `_kept`
    and `_reason` (see `mark_duplicates`). The rows are by listener and start.
    """
    timed = landed_plays.select(list(_READ)).with_row_index("_place").map_batches(by_time, schema=_TIMED)
    joined = linked(timed, links).join(tracks, on="variant_id", how="inner", maintain_order="left").select(list(_JOINED))
    return joined.map_batches(mark_duplicates, schema=_RESOLVED)


def linked(plays: pl.LazyFrame, links: pl.LazyFrame) -> pl.LazyFrame:
    """The plays, in their order, with `variant_id` of the spelling that their listener's history links to `_exported`, the exported one."""
    if not has_rows(links):
        return plays.with_columns(_exported="variant_id")
    return plays.join(links, on=["listener_id", "variant_id"], how="left", maintain_order="left").with_columns(
        _exported="variant_id", variant_id=pl.coalesce("linked_variant_id", "variant_id")
    )


def kept_places(landed: pl.DataFrame, tracks: pl.LazyFrame, links: pl.LazyFrame) -> tuple[np.ndarray, np.ndarray]:
    """Returns the places of the plays that are kept for their playbacks, by listener and start, and how many records each one absorbed.

    Only plays that may repeat another one are identified and compared. Of these, plays without a track are left out.
    """
    order, is_doubtful = compared(landed)
    doubtful = order[is_doubtful]
    if not len(doubtful):
        return order, np.zeros(len(order), dtype=np.int64)
    resolved = resolved_plays(landed[doubtful].lazy(), tracks, links).select("_place", "_row", "_kept")
    found = resolved.collect(engine=engine_for(len(doubtful)))
    row, kept = (found[name].to_numpy() for name in ("_row", "_kept"))
    place = doubtful[found["_place"].to_numpy()]
    absorbed = np.zeros(landed.height, dtype=np.int64)
    place_of = np.zeros(len(row), dtype=np.int64)
    place_of[row] = place
    repeats, kept_for = np.unique(kept[kept != row], return_counts=True)
    absorbed[place_of[repeats]] = kept_for
    is_kept = np.zeros(landed.height, dtype=bool)
    is_kept[order[~is_doubtful]] = True
    is_kept[place[kept == row]] = True
    order = order[is_kept[order]]
    return order, absorbed[order]

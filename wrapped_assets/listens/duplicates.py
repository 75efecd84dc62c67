"""Lists the records that were dropped as duplicates."""

from __future__ import annotations

import polars as pl

from wrapped_assets.contracts.declaration import declare
from wrapped_assets.kernels.several_months import in_month
from wrapped_assets.listens.doubtful import doubtful_plays
from wrapped_assets.listens.resolve import LINKS_READ, PLAYS_READ, TRACKS_READ, resolved_plays
from wrapped_assets.vocabulary import columns as c
from wrapped_assets.vocabulary.periods import Month

_GRAIN = (c.listener_id, c.listened_at, c.recording_id, c.source_code, c.copy_number)
_FACTS = (c.ms_played, c.kept_listened_at, c.kept_source_code, c.duplicate_reason)


@declare(
    layer="listens",
    kind="month_bucket",
    grain=_GRAIN,
    columns=_FACTS,
    reads={"landed_plays": (PLAYS_READ, "month_and_edges"), "tracks": TRACKS_READ, "links": (LINKS_READ, "month_and_edges")},
)
def duplicates(landed_plays: pl.LazyFrame, tracks: pl.LazyFrame, links: pl.LazyFrame, month: Month) -> pl.LazyFrame:
    """A dropped record, the record kept for its playback, and the rule of docs/matching.md that joined them.

    The period is the UTC month of the dropped record's start. `copy_number` distinguishes records of equal time, recording and format.

    Which of two records is kept has no tie: docs/matching.md orders them down to their formats.

    Example: a scrobble at 08:00:03 was dropped for the Spotify record that ended the same playback, `kept_listened_at` 08:00:00.
    """
    doubtful = doubtful_plays(landed_plays.collect(engine="in-memory"))
    if doubtful.is_empty():  # as in most months
        return pl.LazyFrame(schema={column.name: column.dtype for column in (*_GRAIN, *_FACTS)})
    every = resolved_plays(doubtful.lazy(), tracks, links)
    kept = every.select(_kept="_row", kept_listened_at="listened_at", kept_source_code="source_code")
    return (
        every.filter(pl.col("_kept") != pl.col("_row"), in_month(pl.col("listened_at").dt.date(), month))
        .join(kept, on="_kept", how="inner")
        .sort("_row")
        .with_columns(duplicate_reason=pl.col("_reason"))
        .with_columns(copy_number=pl.int_range(1, pl.len() + 1).over("listener_id", "listened_at", "recording_id", "source_code"))
    )

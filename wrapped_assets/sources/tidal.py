"""Tidal's `streaming.csv` of an account's data.

Tidal does not say whether `entry_date` is a start or an end. It is taken as the end, at which an entry with a length can be made.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import BinaryIO

from wrapped_assets.contracts.source import Batch, Head, Source
from wrapped_assets.sources import richness
from wrapped_assets.sources.batches import batches_of
from wrapped_assets.sources.delimited import Named, layout_of, rows_by_name
from wrapped_assets.sources.rows import Row, text, time_text, whole
from wrapped_assets.sources.spelled_times import readable
from wrapped_assets.sources.times import any_spelling

MEDIA = {"video": "video", "live_video": "video", "podcast": "podcast"}


def is_header(names: Sequence[str]) -> bool:
    """Whether a line has the columns of Tidal."""
    return {"artist_name", "track_title", "entry_date", "stream_duration_ms"} <= set(names)


def recognises(head: Head) -> bool:
    """A table with Tidal's columns."""
    return layout_of(head, is_header) is not None


def read(stream: BinaryIO, head: Head) -> Iterator[Batch]:
    """Plays in the order of the file."""
    return batches_of(rows_by_name(stream, head, is_header, row_from), any_spelling)


def row_from(number: int, named: Named) -> Row:
    """One stream; where it was heard is not taken in."""
    played = whole(named.get("stream_duration_ms"))
    return Row(
        number,
        time_text=readable(text(named.get("entry_date"))) or time_text(named.get("entry_date")),
        ms_before_time=played or 0,
        title=text(named.get("track_title")),
        artist_credit=text(named.get("artist_name")),
        media=MEDIA.get((named.get("product_type") or "").strip().lower(), "music"),
        ms_played=played,
        is_scrobble=False,
    )


TIDAL = Source(
    name="tidal",
    code=15,
    title="Tidal streaming history (CSV)",
    richness=richness.TIDAL,
    resolution_seconds=60,
    recognises=recognises,
    read=read,
)

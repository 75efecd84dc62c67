"""Rockbox' and other players' `.scrobbler.log`: columns between tabs, behind lines that begin with "#"."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import BinaryIO

from wrapped_assets.contracts.source import Batch, Head, Source
from wrapped_assets.sources import richness
from wrapped_assets.sources.batches import batches_of
from wrapped_assets.sources.delimited import Layout, records
from wrapped_assets.sources.rows import Row, length, mbid, milliseconds, text, time_text
from wrapped_assets.sources.times import epoch_seconds

COLUMNS = ("artist", "album", "title", "number", "length", "rating", "time", "mbid")
START = re.compile(rb"\A\s*#AUDIOSCROBBLER/", re.IGNORECASE)
UNTAGGED = "<Untagged>"


def recognises(head: Head) -> bool:
    """The first line that every player writes."""
    return START.match(head.first_bytes) is not None


def read(stream: BinaryIO, _head: Head) -> Iterator[Batch]:
    """Plays in the order of the file; the time is the start. A clock whose zone is unknown (`#TZ/UNKNOWN`) is taken as UTC."""
    return batches_of(_rows(stream), epoch_seconds)


def _rows(stream: BinaryIO) -> Iterator[Row]:
    for number, record in records(stream, Layout("\t", (), COLUMNS, 0)):
        if record.reason is None and record.fields[0].startswith("#") and len(record.fields) < len(COLUMNS) - 1:
            continue
        if record.reason or len(record.fields) < len(COLUMNS) - 1:
            yield Row(number, reason=record.reason or "unreadable_row", unread_bytes=record.size)
        else:
            yield row_from(number, dict(zip(COLUMNS, record.fields, strict=False)))


def row_from(number: int, record: dict[str, str]) -> Row:
    """One play, or a track that was skipped: that is no scrobble."""
    named = {name: None if value == UNTAGGED else text(value) for name, value in record.items()}
    is_skipped = (named["rating"] or "").strip().upper() == "S"
    return Row(
        number,
        time_text=time_text(named["time"]),
        title=named["title"],
        artist_credit=named["artist"],
        release_group_name=named["album"],
        duration_ms=length(milliseconds(named["length"])),
        recording_mbid=mbid(named.get("mbid")),
        is_scrobble=not is_skipped,
        is_skipped=is_skipped,
    )


ROCKBOX = Source(
    name="rockbox",
    code=13,
    title="Rockbox or other player's log (.scrobbler.log)",
    richness=richness.ROCKBOX,
    resolution_seconds=60,
    recognises=recognises,
    read=read,
)

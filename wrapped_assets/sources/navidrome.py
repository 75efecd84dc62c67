"""Navidrome's database: the table `scrobbles`, which it keeps since the end of 2025; before that it only counted plays."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, BinaryIO

from wrapped_assets.contracts.source import Batch, Head, Source
from wrapped_assets.sources import databases, richness
from wrapped_assets.sources.batches import batches_of
from wrapped_assets.sources.rows import Row, length, mbid, milliseconds, text, time_text
from wrapped_assets.sources.times import epoch_seconds

QUERY = """
SELECT scrobbles.submission_time, user.user_name, media_file.*
FROM scrobbles JOIN media_file ON media_file.id = scrobbles.media_file_id LEFT JOIN user ON user.id = scrobbles.user_id
ORDER BY scrobbles.submission_time, scrobbles.rowid
"""


def recognises(head: Head) -> bool:
    """A database with the tables that it keeps its plays in."""
    return {"scrobbles", "media_file", "user"} <= set(head.table_names)


def read(stream: BinaryIO, _head: Head) -> Iterator[Batch]:
    """Plays in the order in which they were recorded, of the listeners that the database names."""
    rows = databases.rows(stream, QUERY)
    return batches_of((row if isinstance(row, Row) else row_from(number, row) for number, row in rows), epoch_seconds)


def row_from(number: int, record: dict[str, Any]) -> Row:
    """One scrobble; its time is the start, in seconds."""
    return Row(
        number,
        time_text=time_text(record["submission_time"]),
        title=text(record.get("title")),
        artist_credit=text(record.get("artist")),
        release_group_name=text(record.get("album")),
        duration_ms=length(milliseconds(record.get("duration"))),
        recording_mbid=mbid(record.get("mbz_recording_id")),
        release_mbid=mbid(record.get("mbz_album_id")),
        listener=text(record.get("user_name")),
    )


NAVIDROME = Source(
    name="navidrome",
    code=20,
    title="Navidrome database (SQLite)",
    richness=richness.NAVIDROME,
    resolution_seconds=60,
    recognises=recognises,
    read=read,
)

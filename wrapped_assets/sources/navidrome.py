"""Navidrome's database: the table `scrobbles`, which it keeps since the end of 2025; before that it only counted plays."""

from __future__ import annotations

from typing import Any

from wrapped_assets.contracts.source import Source
from wrapped_assets.sources import databases, richness
from wrapped_assets.sources.rows import Row, length, mbid, milliseconds, text, time_text
from wrapped_assets.sources.times import epoch_seconds

QUERY = """
SELECT scrobbles.submission_time, user.user_name, media_file.*
FROM scrobbles JOIN media_file ON media_file.id = scrobbles.media_file_id LEFT JOIN user ON user.id = scrobbles.user_id
ORDER BY scrobbles.submission_time, scrobbles.rowid
"""


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
    recognises=databases.has_tables("scrobbles", "media_file", "user"),
    read=databases.reader(QUERY, row_from, epoch_seconds),
)

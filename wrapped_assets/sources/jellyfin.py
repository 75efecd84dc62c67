"""The database of Jellyfin's Playback Reporting plugin: `PlaybackActivity`, whose clock is the server's and is taken as UTC."""

from __future__ import annotations

import re
from typing import Any

from wrapped_assets.contracts.source import Source
from wrapped_assets.sources import databases, richness
from wrapped_assets.sources.rows import Row, milliseconds, text, time_text
from wrapped_assets.sources.times import iso_utc

QUERY = """
SELECT DateCreated, UserId, ItemName, PlayDuration FROM PlaybackActivity WHERE ItemType = 'Audio' ORDER BY DateCreated, rowid
"""


NAME = re.compile(r"(?P<artist>.+?) - (?P<title>.+?)(?: \((?P<album>[^()]*(?:\([^()]*\)[^()]*)*)\))?\Z", re.DOTALL)


def row_from(number: int, record: dict[str, Any]) -> Row:
    """One track, whose name is written "Artist - Title (Album)"; the listener is known by the id that Jellyfin gave."""
    named = NAME.match(str(record["ItemName"] or "").strip())
    played = milliseconds(record["PlayDuration"])
    return Row(
        number,
        time_text=time_text(record["DateCreated"]),
        title=text(named["title"]) if named else text(record["ItemName"]),
        artist_credit=text(named["artist"]) if named else None,
        release_group_name=text(named["album"]) if named else None,
        listener=text(record["UserId"]),
        ms_played=played,
        is_scrobble=played is None,
    )


JELLYFIN = Source(
    name="jellyfin",
    code=23,
    title="Jellyfin playback reporting database (SQLite)",
    richness=richness.JELLYFIN,
    resolution_seconds=60,
    recognises=databases.has_tables("PlaybackActivity"),
    read=databases.reader(QUERY, row_from, iso_utc),
)

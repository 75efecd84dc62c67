"""Tautulli's database, which watches a Plex server: `session_history` with what was played and how long."""

from __future__ import annotations

from typing import Any

from wrapped_assets.contracts.source import Source
from wrapped_assets.sources import databases, richness
from wrapped_assets.sources.rows import Row, length, text, time_text, whole
from wrapped_assets.sources.times import epoch_seconds

QUERY = """
SELECT history.started, history.stopped, history.paused_counter, history.user, metadata.title, metadata.parent_title,
       metadata.grandparent_title, metadata.original_title, metadata.duration
FROM session_history AS history JOIN session_history_metadata AS metadata ON metadata.id = history.id
WHERE metadata.media_type = 'track' ORDER BY history.started, history.id
"""


def row_from(number: int, record: dict[str, Any]) -> Row:
    """One track that was played; pauses are taken from the time played."""
    started, stopped = whole(record["started"]), whole(record["stopped"])
    played = None if started is None or not stopped else (stopped - started - (whole(record["paused_counter"]) or 0)) * 1000
    return Row(
        number,
        time_text=time_text(started),
        title=text(record["title"]),
        artist_credit=text(record["original_title"]) or text(record["grandparent_title"]),
        release_group_name=text(record["parent_title"]),
        duration_ms=length(whole(record["duration"])),
        listener=text(record["user"]),
        ms_played=played,
        is_scrobble=played is None,
    )


TAUTULLI = Source(
    name="tautulli",
    code=21,
    title="Tautulli database of a Plex server (SQLite)",
    richness=richness.TAUTULLI,
    resolution_seconds=1,
    recognises=databases.has_tables("session_history", "session_history_metadata"),
    read=databases.reader(QUERY, row_from, epoch_seconds),
)

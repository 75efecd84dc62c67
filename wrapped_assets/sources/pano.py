"""Pano Scrobbler's log, as lines of JSON or as a table."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, BinaryIO

from wrapped_assets.contracts.source import Batch, Head, Source
from wrapped_assets.sources import richness
from wrapped_assets.sources.batches import batches_of
from wrapped_assets.sources.delimited import compared, layout_of, rows_by_name
from wrapped_assets.sources.json_rows import Having, keys_of, records, rows_of
from wrapped_assets.sources.rows import Row, length, text, time_text, whole
from wrapped_assets.sources.spelled_times import readable
from wrapped_assets.sources.times import any_spelling

IS_EVENT = Having("timeMs", "track")
PLAYED, PLAYING = ("", "scrobble"), ("nowplaying", "now_playing")


def is_header(names: Sequence[str]) -> bool:
    """Whether a line names the time in milliseconds, the track and the player."""
    return {"time_ms", "artist", "track"} <= set(names)


def recognises(head: Head) -> bool:
    """Records or a header with `timeMs`, `track` and `mediaPlayerPackage` or `event`."""
    return keys_of(head.first_bytes) >= {"timeMs", "track", "artist"} or layout_of(head, is_header) is not None


def read(stream: BinaryIO, head: Head) -> Iterator[Batch]:
    """Scrobbles in the order of the file; `timeMs` is the start."""
    if keys_of(head.first_bytes):
        rows = rows_of(records(stream, IS_EVENT), lambda number, event: row_from(number, {compared(name): event[name] for name in event}))
    else:
        rows = rows_by_name(stream, head, is_header, row_from)
    return batches_of(rows, any_spelling)


def row_from(number: int, event: dict[str, Any]) -> Row:
    """One event; what only played, or was loved, is no scrobble."""
    kind = str(event.get("event") or "").strip().lower()
    reason = None if kind in PLAYED else "now_playing" if kind in PLAYING else "not_a_play"
    at = time_text(event.get("time_ms"))
    return Row(
        number,
        reason=reason,
        time_text=readable(at) or at,
        title=text(event.get("track")),
        artist_credit=text(event.get("artist")),
        release_group_name=text(event.get("album")),
        duration_ms=length(whole(event.get("duration_ms"))),
    )


PANO = Source(
    name="pano",
    code=14,
    title="Pano Scrobbler log (JSON lines or CSV)",
    richness=richness.PANO,
    resolution_seconds=60,
    recognises=recognises,
    read=read,
)

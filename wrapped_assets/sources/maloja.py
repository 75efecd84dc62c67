"""Maloja's export: one object with `scrobbles`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, BinaryIO

from wrapped_assets.contracts.source import Batch, Head, Source
from wrapped_assets.sources import richness
from wrapped_assets.sources.batches import batches_of
from wrapped_assets.sources.json_rows import Having, keys_of, records, rows_of
from wrapped_assets.sources.rows import Row, child, length, milliseconds, text, texts, time_text
from wrapped_assets.sources.times import epoch_seconds

IS_SCROBBLE = Having("time", "track")
BULLET = " • "
SEPARATOR = re.compile(r"\s+(?:•|·|&|\+|x|and|feat\.?|ft\.?)\s+|\s*[,;/]\s+", re.IGNORECASE)


def recognises(head: Head) -> bool:
    """Maloja's own header, or scrobbles whose track lists its artists."""
    keys = keys_of(head.first_bytes)
    return keys >= {"scrobbles", "maloja"} or keys >= {"scrobbles", "time", "track", "artists"}


def read(stream: BinaryIO, _head: Head) -> Iterator[Batch]:
    """Scrobbles in the order of the file; `time` is the start, `duration` the time played, `length` the track's."""
    return batches_of(rows_of(records(stream, IS_SCROBBLE), row_from), epoch_seconds)


def row_from(number: int, scrobble: dict[str, Any]) -> Row:
    """One scrobble."""
    track = child(scrobble, "track")
    listed = texts(track.get("artists")) or []
    combined, names = parted(listed)
    return Row(
        number,
        time_text=time_text(scrobble.get("time")),
        title=text(track.get("title")),
        artist_credit=combined or text(", ".join(names)),
        artist_names=names or None,
        release_group_name=text(child(track, "album").get("albumtitle")),
        duration_ms=length(milliseconds(track.get("length"))),
        ms_played=milliseconds(scrobble.get("duration")),
    )


def parted(listed: list[str]) -> tuple[str | None, list[str]]:
    """The combined credit that some clients list beside its parts ("A • B" beside "B"), and the artists without it.

    One part is proof enough only for the bullet, which no band has in its name: "Simon & Garfunkel" beside "Simon" stays.
    """
    for name in listed:
        parts, others = set(SEPARATOR.split(name)), [other for other in listed if other != name]
        is_combined = any(other in parts for other in others) if BULLET in name else len(others) > 1 and parts >= set(others)
        if is_combined:
            return name, list(dict.fromkeys(others))
    return None, list(dict.fromkeys(listed))


MALOJA = Source(
    name="maloja",
    code=8,
    title="Maloja export (JSON)",
    richness=richness.MALOJA,
    resolution_seconds=60,
    recognises=recognises,
    read=read,
)

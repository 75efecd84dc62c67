"""Amazon Music's `listening.csv` of an account's data; artists stand in `library.csv` beside it.

Known from programs that read it, not from a published description: the time is taken as the end, when an entry with a length is written.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from typing import BinaryIO

from wrapped_assets.contracts.source import Batch, Head, Source
from wrapped_assets.sources import richness
from wrapped_assets.sources.batches import batches_of
from wrapped_assets.sources.delimited import Named, compared, layout_of, rows_by_name
from wrapped_assets.sources.rows import Row, text, time_text, whole
from wrapped_assets.sources.spelled_times import readable
from wrapped_assets.sources.times import any_spelling

LIBRARY = "library.csv"
SKIPPED = "skip"  # in the reason why a play ended


def is_header(names: Sequence[str]) -> bool:
    """Whether a line has the columns of Amazon Music's listening."""
    return {"timestamp", "asin", "title", "consumption_duration_ms"} <= set(names)


def recognises(head: Head) -> bool:
    """A table with Amazon Music's columns."""
    return layout_of(head, is_header) is not None


def read(stream: BinaryIO, head: Head) -> Iterator[Batch]:
    """Plays in the order of the file."""
    artists = artists_beside(head)
    return batches_of(rows_by_name(stream, head, is_header, lambda number, named: row_from(number, named, artists)), any_spelling)


def row_from(number: int, named: Named, artists: Mapping[str, str]) -> Row:
    """One play. Devices and places are not taken in."""
    played, title = whole(named.get("consumption_duration_ms")), text(named.get("title"))
    artist = text(named.get("artist_name")) or text(named.get("artist")) or artists.get(named.get("artist_asin", "").strip())
    return Row(
        number,
        reason="artist_not_beside" if title and artist is None else None,
        time_text=readable(text(named.get("timestamp"))) or time_text(named.get("timestamp")),
        ms_before_time=played or 0,
        title=title,
        artist_credit=artist,
        release_group_name=text(named.get("album_name")) or text(named.get("album")),
        ms_played=played,
        is_scrobble=False,
        is_skipped=SKIPPED in named.get("termination_reason", "").lower() or None,
    )


def artists_beside(head: Head) -> dict[str, str]:
    """Artists by Amazon's number (ASIN), as the library beside names them."""
    library = head.companion(LIBRARY)
    if library is None:
        return {}
    with library:
        rows = csv.reader(io.TextIOWrapper(library, encoding="utf-8-sig", errors="replace", newline=""))
        names = [compared(name) for name in next(rows, [])]
        named = (dict(zip(names, row, strict=False)) for row in rows)
        found = ((row.get("artist_asin", "").strip(), text(row.get("artist_name"))) for row in named)
        return {asin: artist for asin, artist in found if asin and artist and "\ufffd" not in artist}


AMAZON_MUSIC = Source(
    name="amazon_music",
    code=24,
    title="Amazon Music listening (CSV)",
    richness=richness.AMAZON_MUSIC,
    resolution_seconds=60,
    recognises=recognises,
    read=read,
    companions=frozenset({LIBRARY}),
)

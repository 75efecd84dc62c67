"""Deezer's listening history: the sheet `10_listeningHistory` of an account's data, as Excel's file or saved as CSV."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, BinaryIO

from wrapped_assets.contracts.source import Batch, Head, Source
from wrapped_assets.sources import richness, spreadsheets
from wrapped_assets.sources.batches import batches_of
from wrapped_assets.sources.delimited import compared, layout_of, rows_by_name
from wrapped_assets.sources.devices import device_code
from wrapped_assets.sources.rows import Row, milliseconds, text, time_text
from wrapped_assets.sources.spelled_times import readable
from wrapped_assets.sources.times import any_spelling

SHEET = "listeningHistory"


def is_header(names: Sequence[str]) -> bool:
    """Whether a line has the columns of Deezer."""
    return {"song_title", "artist", "listening_time", "date"} <= set(names)


def recognises(head: Head) -> bool:
    """A workbook with Deezer's sheet, or a table with its columns."""
    return any(SHEET in name for name in head.table_names) or layout_of(head, is_header) is not None


def read(stream: BinaryIO, head: Head) -> Iterator[Batch]:
    """Plays in the order of the sheet; `Date` is the start, in UTC."""
    rows = _of_workbook(stream) if head.table_names else rows_by_name(stream, head, is_header, row_from)
    return batches_of(rows, any_spelling)


def _of_workbook(stream: BinaryIO) -> Iterator[Row]:
    names: list[str] = []
    for number, cells in enumerate(spreadsheets.rows(stream, SHEET)):
        if not names:
            names = [compared(str(cell or "")) for cell in cells]
        else:
            yield row_from(number - 1, dict(zip(names, cells, strict=False)))


def row_from(number: int, named: dict[str, Any]) -> Row:
    """One play. The address is not taken in, and of the device only its kind."""
    at = named.get("date")
    return Row(
        number,
        time_text=readable(text(at)) or time_text(at),
        title=text(named.get("song_title")),
        artist_credit=text(named.get("artist")),
        release_group_name=text(named.get("album_title")),
        ms_played=milliseconds(named.get("listening_time")),
        is_scrobble=False,
        device_code=device_code(named.get("platform_name")),
        isrc=text(named.get("isrc")),
    )


DEEZER = Source(
    name="deezer",
    code=16,
    title="Deezer listening history (XLSX or CSV)",
    richness=richness.DEEZER,
    resolution_seconds=60,
    recognises=recognises,
    read=read,
)
